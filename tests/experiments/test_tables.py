"""Tables of words: columns stand under each other, cells may have several lines, bars break no table."""

from longgame.experiments.tables import markdown_table, text_row, text_table, widths


def test_columns_are_as_wide_as_they_have_to_be():
    rows = [["", "profit", "why"], ["herds", "−1,200", "they share\nwhat they know"], ["singletons", "3", ""]]
    assert text_table(rows, right=[1], indent="> ").split("\n") == [
        ">             profit  why",
        "> herds       −1,200  they share",
        ">                     what they know",
        "> singletons       3",
    ]


def test_a_row_that_comes_later_stands_under_its_heads():
    heads = ("limit", "exact")
    wide = widths([heads, ("loyalty of two", "")])
    assert text_row(("loyalty of two", "0.5"), wide, right=[1]).endswith("    0.5")
    assert text_row(heads, wide, right=[1]).endswith("  exact")


def test_a_bar_in_a_cell_is_no_border():
    table = markdown_table(["rule"], [["a | b"]]).split("\n")
    assert table == ["| rule |", "|---|", r"| a \| b |"]
