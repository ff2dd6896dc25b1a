"""Posts go out, and are kept up to date."""
