"""Who meets whom: markets, arms, grids, compositions, dials."""
