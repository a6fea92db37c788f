"""Markets that reproduce an order book, and what they say of what could be changed."""
