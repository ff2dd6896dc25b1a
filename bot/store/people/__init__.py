"""What people caused and said."""
