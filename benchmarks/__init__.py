"""The market measured: against peers on a small market, and the full model against its own size."""
