"""Posts as Discord messages."""
