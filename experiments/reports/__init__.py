"""Results folders and documents."""
