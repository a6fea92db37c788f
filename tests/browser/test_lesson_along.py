"""What is taken along from the lesson page: pictures, a handout; and how soon and how calmly it works."""

import re

from tests.browser.test_lesson_page import all_answered, go


def test_a_chart_is_saved_as_a_picture(opened, tmp_path):
    page = opened()
    all_answered(page)
    go(page, "race")
    with page.expect_download() as found:
        page.locator("#race [data-save=svg]").click()
    found.value.save_as(tmp_path / "chart.svg")
    text = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    assert found.value.suggested_filename == "the-lead-of-the-team.svg"
    assert "<title>" in text and "class=" not in text and "var(--" not in text
    with page.expect_download() as found:
        page.locator("#race [data-save=png]").click()
    assert found.value.path().read_bytes().startswith(b"\x89PNG")


def test_two_pages_are_printed(opened, tmp_path):
    page = opened()
    all_answered(page)
    go(page, "sandbox")
    found = page.pdf(prefer_css_page_size=True, print_background=True)
    (tmp_path / "handout.pdf").write_bytes(found)
    assert len(re.findall(rb"/Type\s*/Page\b", found)) == 2


def test_less_motion_jumps_from_stop_to_stop(opened):
    page = opened(part="#race?unbet=yes", reduced_motion="reduce")
    page.locator("#race [data-play]").click()
    page.locator("#race .card").wait_for(state="visible")
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_slow_machine_is_ready_within_two_seconds(opened):
    """First interaction on a processor six times slower, in time of its own: this machine may be busy otherwise."""
    page = opened(part="#town")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(one["value"] for one in metrics if one["name"] == "TaskDuration")

    before = spent()
    page.reload()
    page.locator("#town h2").wait_for()
    page.locator("#next").click()
    page.locator("#bets h2").wait_for()
    took = spent() - before
    assert 0 < 6 * took < 2
