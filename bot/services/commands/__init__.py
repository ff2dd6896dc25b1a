"""What people ask by command, and the answers."""
