"""Who gets what when: follows, editions, plans, weeks, reports."""
