"""What is measured of a run: functions from a result to a tidy table."""
