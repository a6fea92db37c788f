"""Evidence: published numbers, and the markets that agree with them; an `Ensemble` is what comes out.

The numbers stand in `table`, the dials that vary with their prior ranges in `priors`. Points that cannot agree are
ruled out with emulators (`waves`); the runs themselves weigh what is left (`posterior`); `checks` ask whether to
believe it.
"""
