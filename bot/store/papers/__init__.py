"""Papers, verdicts, texts, and what was published."""
