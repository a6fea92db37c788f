"""``longgame sayings``: what salespeople say and what the runs say of it, as a quiz to take away."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from longgame.experiments.cli.codes import DONE
from longgame.experiments.cli.options import FileName, reader, screen_width
from longgame.experiments.words import many


def _language(text: str) -> str:
    """Read a language of the lesson."""
    from longgame.experiments.lesson.words import LANGUAGES
    from longgame.sim.errors import nearest

    if text not in LANGUAGES:
        raise ValueError(f"is {text!r}; {nearest(text, LANGUAGES)}")
    return text


def sayings(
    *,
    gift: FileName | None = None,
    csv: FileName | None = None,
    language: Annotated[str, Parameter(converter=reader(_language), metavar="LANGUAGE")] = "en",
) -> int:
    """Print every saying with the answer of the runs, or write them as a quiz; nothing is run.

    Parameters
    ----------
    gift : str, optional
        Write a quiz for Moodle, in its GIFT format.
    csv : str, optional
        Write a table, a line a saying.
    language : str
        Language of the texts: en or de.
    """
    import textwrap

    from longgame.experiments.lesson import sayings_said as said
    from longgame.experiments.tables import text_table
    from longgame.sim.files import write_atomically

    found = said.in_order()
    answered = len(said.answered(found))
    for path, text, count in ((gift, said.gift, answered), (csv, said.table, len(found))):
        if path:
            with write_atomically(path) as stream:
                stream.write(text(found, language))
            print(f"{path}: {many(count, 'saying')}")
    if gift and answered < len(found):
        print(f"Left out of the quiz, as the runs leave them open: {len(found) - answered}.")
    if not gift and not csv:
        speaker = said.Speaker(language)
        answers = [speaker.say(saying.answer) for saying in found]
        room = screen_width() - max(map(len, answers)) - 2
        lines = [textwrap.fill(speaker.say(f"saying_{saying.claim}"), room) for saying in found]
        print(text_table(list(zip(answers, lines, strict=True))))
    return DONE
