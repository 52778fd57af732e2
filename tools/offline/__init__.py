"""Stand-in providers for the real engine: the protocol once, and behind it a backend for each package."""
