"""The lesson page: one HTML file that shows why those who work together win, and when they do not.

* Markets: `town` has a team and a rival with the dials around them, `asked` those of a web address.
* Parts of the page, each with a function `data`: `story`, `why` (with `trials`), `fails` and `sandbox`. The game
  has two modules: `street` plays its years, `street_ends` says what its policies come to.
* Page: `build` collects the data, `words` has the words by language, `page` puts everything into one file; its own
  files are in ``web/`` and ``words/``. A module of ``web/`` starts a screen in an empty section, from its part's data.
* Live market: `server` sends the page and answers its requests, `stream` plays the runs.
* `course` is for the notebooks.
"""
