"""What we say, before anyone's markup."""
