"""What a running bot shows over HTTP: its health, its metrics, and a page to look inside."""
