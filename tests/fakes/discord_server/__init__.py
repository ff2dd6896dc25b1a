"""A Discord on loopback, REST and gateway, that keeps the real one's rules and fails on demand."""
