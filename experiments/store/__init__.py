"""The results store: every run that was ever made."""
