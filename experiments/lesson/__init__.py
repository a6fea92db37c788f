"""The lesson page: one HTML file that shows why those who work together win, and when they do not.

* Markets: `town` has a team and a rival with the dials around them, `asked` those of a web address, `newcomers` one
  that more people join.
* Parts of the page, each with a function `data`: `story`, `why` (with `trials`), `fails`, `sandbox`, `sayings_said`,
  `notes`; `street` plays the years of the game, and `street_ends` plays its policies on.
* Page: `build` collects the data, `words` has the words by language, `page` puts everything into one file; its own
  files are in ``web/`` and ``words/``. A module of ``web/`` starts a screen in an empty section, from its part's data.
* Live market: `server` sends the page and answers its requests, `stream` plays the runs.
* `course` is for the notebooks.
"""
