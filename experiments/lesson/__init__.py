"""The lesson page: one HTML file in which a reader sells, bets, watches the race and turns the dials.

* Markets: `grid` has those of the lesson, `parts` those of a herd taken apart, `asked` those of a web address.
* Numbers: `race` has those of the runs, `street` plays the years of the game, `street_ends` what its
  policies come to, `network` the small market of the picture, `conclusion` puts the results into words.
* Page: `build` collects the data, `page` puts everything into one file; its own files are in ``web/``.
* Live market: `server` sends the page and answers its requests, `stream` plays the runs.
* `course` is for the notebooks.
"""
