"""Discord: posts as Components V2 messages, made by pure functions, and the client that sends and hears them."""
