"""Events come in, and work runs until told to stop."""
