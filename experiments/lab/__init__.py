"""The laboratory: what is asked of the market as a whole, beside the claims."""
