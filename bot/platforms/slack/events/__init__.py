"""What Slack sends."""
