"""From paired runs to effects, verdicts and what is said of them."""
