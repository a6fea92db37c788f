"""The words of the report; `report.py` puts the numbers between them."""

INTRODUCTION = """\
# Benchmarks

Written by `{command}` on {date}, commit `{revision}`, in {minutes:.0f} minutes; not edited
by hand. Read ratios, not levels: peers and project took turns on the same machine, each run in a process of
its own, and each round is compared with itself. A number is the median over rounds, a ratio the median of the
rounds' ratios. M/s means million customer-months a second. Times on one thread are processor time, so that
what else ran on the machine is not counted; times on two threads are read off the wall clock.
"""

SMALL = """\
## The small market

A market that every peer can play: customers with a need (one in ten each month) choose among up to 8
remembered salespeople and 3 strangers, buy or not, and remember. `benchmarks/small.py` states the rules and
the scenario that makes `sim.run` play exactly these; nothing in the project is made for it. Each peer in
`benchmarks/peers/` is written as a good user of that library would write it. Two things to know when reading:

* The project keeps books and tables that no peer keeps (money in cents, every outcome, who ever
  bought where), and runs the same stages as in the full model. Its time is that of `sim.run` less layout and
  final tables, theirs that of the loop over months.
* The C loop uses the project's records and random numbers and knows every number of the rules when it is
  compiled; its start-up is reading the project's records and compiling. It and the project agree customer by
  customer, up to the last bit of `exp`.

mesa-frames, Mesa's interface on Polars, is not among the peers: it needs NumPy 1 and cannot be installed
beside the project. The Polars peer does what its agents would do inside.

Speed is that of the months alone; laying out the population is `set-up`, and `start-up` is everything before
the first month: interpreter, imports, compiling or loading compiled code ({cold:.0f} s for the project the
very first time, with an empty cache).
"""

FULL = """\
## The full model

The market of `benchmarks/scale.py`: default scenario, everything switched on, half of the salespeople
adversarial, half collaborative, half of each in herds of five. One salesperson per thousand customers, at
least 50, at most 1,000.
"""

STAGES = """\
One thread, 24 months. `(rest)` is Python between the stages, `(books)` the collecting of the month's tables.

"""

BANDWIDTH = """\
An estimate, not a reading: each stage over customers is charged one customer record, each over visits the
visit (read and written) and the customer's record, memories, brands and purchase bits; divided by the
time of the months. The bandwidth is measured, on arrays of 1.6 GB.

"""

RUNS = """
## Many runs

The default market with 2,000 customers, 120 months, and the summary of every group at every horizon. *Singly* calls
`run` and the measure one after the other; the other ways go through the runner, in this process, in threads of one
process, or in worker processes.
"""

FACES = """
## The Mesa face

The default market over 24 months, with making the market and its table; processor time, medians of rounds in turn.
*Own conduct* has code of its own for a quarter of the salespeople.
"""
