"""Markets that agree with published numbers: history matching in waves, then weights; an `Ensemble` is what comes out.

It takes dials with prior ranges (`priors`), a table of evidence and runs. Points that cannot agree are ruled out with
emulators (`waves`); the runs themselves weigh what is left (`posterior`); `checks` ask whether it can be believed.
"""
