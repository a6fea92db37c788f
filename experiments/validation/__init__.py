"""The market beside known results: exact limits and published patterns."""
