"""Studies that take more than one claim: tournament, invasion, evolution, maps, sensitivity."""
