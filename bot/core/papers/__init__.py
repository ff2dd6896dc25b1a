"""What arXiv says and when: papers, ids, feeds, the calendar, sentences."""
