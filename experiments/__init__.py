"""What is asked of the market: claims, the runs and statistics that answer them, and their figures."""
