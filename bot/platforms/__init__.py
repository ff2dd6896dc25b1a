"""Where we speak and listen: each platform marks up, fits to limits and sends."""
