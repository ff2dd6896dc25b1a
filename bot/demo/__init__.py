"""What the demo shows without a network: a bundled day of invented papers, and a verdict written by hand."""
