"""A controller's own wording: it stands in the notice, and what it no longer states, or adds, is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zusage import deployments
from zusage.declaration.loading import load
from zusage.documents import render
from zusage.notice.checking.worded import check_wording
from zusage.notice.writing.catalogue import write
from zusage.notice.writing.wording import Wording, WordingError

ON = date(2026, 3, 1)
MARKETPLACE = load(Path(deployments.__file__).parent / "marketplace")


def codes(anchor: str, text: str) -> set[str]:
    return {one.code for one in check_wording(MARKETPLACE, Wording({("de", anchor): text}), ON)}


def test_own_words_take_the_place_of_a_section(tmp_path: Path) -> None:
    (tmp_path / "wording" / "de").mkdir(parents=True)
    (tmp_path / "wording" / "de" / "complaint.md").write_text(
        "## Sich beschweren\n\nGern, *und* [dort](https://a.example/b).\n\n- eins\n- zwei\n"
    )
    wording = Wording.load(tmp_path)
    page = render(write(MARKETPLACE, "notice", "de", ON, wording), "html").decode()
    assert ">Sich beschweren</h2>" in page
    assert '<a href="https://a.example/b">dort</a>' in page
    assert "<li>zwei</li>" in page
    assert "Beschwerderecht" not in page
    assert "Sich beschweren" not in render(write(MARKETPLACE, "notice", "en", ON, wording), "html").decode()


def test_an_own_text_for_no_section_is_bad_input() -> None:
    with pytest.raises(WordingError, match="no section 'complaints'"):
        codes("complaints", "Hallo")


def test_what_is_lost_or_added_is_named() -> None:
    assert "wording/no-target" in codes("complaint", "Die Liste der Behörden finden Sie hier.")
    assert "wording/link-missing" in codes("complaint", "Sie können sich beschweren.")
    assert "wording/not-stated" in codes("complaint", "Alle Behörden.")
    assert "wording/foreign-name" in codes("video-calls", "Wir sprechen über Microsoft Teams.")
    assert "wording/foreign-country" in codes("video-calls", "Daten gehen nach Brasilien.")
    assert "wording/frame-text" in codes("complaint", "Updated 2 months ago by Ann. How did we do?")
    assert "wording/not-apart" in codes(
        "objection", "Empfänger sind Stripe Payments Europe Limited und Calendly LLC."
    )
