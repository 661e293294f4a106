"""web1on1: readers see what is new, account holders hear of it before, and nothing changes silently."""

from __future__ import annotations

import pytest

from tests.promises.announcing import announce, sent
from tests.promises.asking import Desk
from tests.promises.publishing import edit, page, publish
from tests.promises.scenario import Scenario

MIA = "mia@kunde.example"


@pytest.mark.promise("web1on1-070")
def test_a_change_is_listed_in_words_and_told_before_it_goes_out(messaging: Scenario) -> None:
    with messaging.writing("service") as connection:
        tenant = connection.exec_driver_sql("SELECT id FROM tenant LIMIT 1").scalar_one()
    messaging.put("service", "app_user", tenant_id=tenant, name="Mia", email=MIA)
    assert publish(messaging, "2026-02-11T08:00")[0] == 0
    assert "nur eine Fassung" in page(messaging, "2026-02-11T09:00", "/notice/changes")[1]
    edit(messaging, "Nachrichten im Dienst", "Nachrichten rund um die Uhr")
    as_of = next(
        one
        for one in (messaging.folder / "declaration.yaml").read_text("utf-8").splitlines()
        if one.startswith("as_of: ")
    )
    edit(messaging, as_of, 'as_of: "2026-03-15"')
    code, codes = publish(messaging, "2026-03-15T08:00")
    assert (code, "notice/change-untold" in codes) == (1, True), "no silent change"
    told, made = announce(messaging, "2026-03-01T09:00", "notice-change", "Wir überwachen unsere Datenbanken nun rund um die Uhr.",
                          "--activity", "account", "--effective", "2026-03-15")  # fmt: skip
    assert told == 0
    assert "notice/change-untold" in publish(messaging, "2026-03-15T08:10")[1], "written is not sent"
    standing = sent(messaging, "2026-03-01T10", made["id"])
    assert standing["arrived"] == standing["told"] == messaging.count("service", "app_user")
    assert max(str(one["sent_at"]) for one in standing["parties"]) < "2026-03-15", (
        "with proof of sending, before"
    )
    assert any("rund um die Uhr" in one for one in Desk(messaging).mails(MIA))
    code, codes = publish(messaging, "2026-03-15T08:20")
    assert code == 0, codes
    listed = page(messaging, "2026-03-15T09:00", "/notice/changes")[1]
    new = listed.split("Entfallen")[0]
    assert "rund um die Uhr" in new
    assert "<del>" in listed
    assert "2026-03-15" in new
