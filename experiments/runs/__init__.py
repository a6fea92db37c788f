"""Carrying out plans: runner, workers, cluster, provenance."""
