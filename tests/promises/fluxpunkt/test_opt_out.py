"""The IT provider's notice links to a provider's add-on: whether the page still answers, and that it is not the only way.

That the site's own switch excludes just the same, without any add-on, is shown in `test_cookies`.
"""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest

from tests.promises.publishing import checked, edit, refused, said_in
from tests.promises.scenario import Scenario
from tests.promises.sites import served

ADD_ON = "https://tools.google.com/dlpage/gaoptout"
SWITCH = "https://www.strompfad.example/settings"


def work(scenario: Scenario, now: str) -> None:
    """One tick of the worker."""
    done = scenario.zusage(now, "worker", "--once")
    assert done.code == 0, done.err


def tasks(scenario: Scenario) -> list[str]:
    """Addressee and text of each mail that went out about the add-on."""
    found = []
    for mail in scenario.mails():
        message = email.message_from_string(mail, policy=email.policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        if "gaoptout" in text:
            found.append(f"{message['To']}\n{text}")
    return found


@pytest.mark.promise("fluxpunkt-069")
def test_the_add_on_is_asked_for_every_seven_days_and_a_task_raised_the_same_day(
    itservice: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "https://localhost/gaoptout"
    with served({page: "<p>Add-on</p>"}, tmp_path / "sites") as sites:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "sites/tls/certificate.pem"))
        there = f'opt_out: "https://localhost:{sites.port}/gaoptout"'
        edit(itservice, f'opt_out: "{ADD_ON}"', there)
        work(itservice, "2026-04-20T08:00")
        assert sites.asked == [], "nothing is asked for unless it is declared"
        edit(itservice, there, f"{there}, opt_out_checked: true")
        work(itservice, "2026-04-21T08:00")
        assert sites.asked == [page]
        work(itservice, "2026-04-28T07:59")
        assert sites.asked == [page], "not before seven days"
        work(itservice, "2026-04-28T08:00")
        assert sites.asked == [page] * 2
        sites.pages.clear()
        work(itservice, "2026-05-05T07:59")
        assert tasks(itservice) == [], "while it answered there was nothing to do"
        work(itservice, "2026-05-05T08:00")
        work(itservice, "2026-05-05T08:01")  # the mail goes out
        assert sites.asked == [page] * 3
        (task,) = tasks(itservice)
        assert task.startswith("dsb@strompfad.example"), "whoever looks after data protection"
        assert "(404)" in task


@pytest.mark.promise("fluxpunkt-069")
def test_the_notice_never_offers_the_add_on_as_the_only_way(itservice: Scenario) -> None:
    for language in ("de", "en"):
        notice = itservice.zusage(
            "2026-05-05", "write", "notice", "--language", language, "--format", "html"
        ).out
        assert f'href="{ADD_ON}"' in notice
        assert f'href="{SWITCH}"' in notice
    assert not said_in(checked(str(itservice.folder), "2026-05-05"), "declaration/withdrawal-link")
    edit(itservice, f"  settings: {SWITCH}\n", "")
    assert said_in(refused(itservice, "2026-05-05"), "declaration/withdrawal-link")
