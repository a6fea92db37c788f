"""Order books: read, write, fit."""
