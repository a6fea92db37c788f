"""The small market, written once for each peer, each in its own idiom."""
