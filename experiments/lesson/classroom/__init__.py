"""Class mode: the phones of a class bet together, then each is a salesperson of one market.

`market` plays the class's market by the rules of the model, `hour` knows who has joined and what they chose,
`messages`, `limits` and `server` let phones and projector take part, `pages` holds what they show.
"""
