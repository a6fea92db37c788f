"""The name of the market that commands and calls take where none is named; in a module that loads at once."""

DEFAULT = "repeat-supply"
