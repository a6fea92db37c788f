"""Figures: styles, axes, and what is drawn."""
