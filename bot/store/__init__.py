"""What is remembered: tables, one file a noun, and the jobs."""
