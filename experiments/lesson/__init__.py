"""The lesson page: one HTML file that lets a reader sell, bet, watch the race and turn the dials.

`grid` says which markets are run, `race` what of their results the page shows, `game` plays the tree of one
customer's visits, `network` plays the small market of the picture, `parts` takes the herd apart, `conclusion`
puts the results into sentences, and `page` puts everything into one file. The page's own files are in
``web/``.
"""
