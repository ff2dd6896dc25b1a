"""Posts as Slack messages."""
