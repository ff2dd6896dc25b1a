"""`copecheck chat`: a channel in the terminal."""
