"""Evidence: published numbers, and the markets that agree with them."""
