"""Anna on the job board: registered with a résumé, what she ticks and confirms, and what stands in the register of it."""

from __future__ import annotations

import re
from typing import Any

from fastapi.testclient import TestClient

from tests.promises.asking import Desk
from tests.promises.visiting import Site
from zusage import clock

HOST = "https://www.stellenwald.example"
ANNA = "anna@bewerberin.example"
LOGIN = {"email": ANNA, "password": "Wellenreiter-7", "first_name": "Anna", "last_name": "Beispiel"}


def anna(site: Site, title: str = "Mechatronikerin") -> TestClient:
    """Anna, registered with a résumé and logged in."""
    guest = site.guest()
    assert guest.post("/register", data=LOGIN).status_code == 201
    assert guest.post("/login", data=LOGIN).status_code == 200
    number = number_of(site)
    site.scenario.file("uploads/resumes/anna.pdf", "%PDF Anna Beispiel")
    resume = site.scenario.put("board", "resume", account_id=number, title=title, body="Zehn Jahre Erfahrung.",
                               visibility="anonymous", file_path="resumes/anna.pdf")  # fmt: skip
    site.scenario.put("board", "resume_index", resume_id=resume, term="mechatronik")
    return guest


def number_of(site: Site) -> int:
    """The key of Anna's account."""
    with site.scenario.writing("board") as connection:
        return int(connection.exec_driver_sql(f"SELECT id FROM account WHERE email = '{ANNA}'").scalar_one())


def resume_of(site: Site) -> int:
    """The key of Anna's résumé."""
    with site.scenario.writing("board") as connection:
        return int(
            connection.exec_driver_sql(
                "SELECT id FROM resume WHERE file_path = 'resumes/anna.pdf'"
            ).scalar_one()
        )


def release_to(guest: TestClient, job: int) -> Any:
    """The dialogue of a release, read and confirmed."""
    shown = guest.get("/account/releases/new", params={"job_number": job}).text
    mark = shown.partition('name="confirmed" value="')[2].partition('"')[0]
    return guest.post("/account/releases", data={"job_number": job, "confirmed": mark})


def write_resume(guest: TestClient, **fields: str) -> Any:
    """The form of the résumé, opened and saved."""
    shown = guest.get("/account/resume/edit").text
    version = shown.partition('name="hint" value="')[2].partition('"')[0]
    return guest.post("/account/resume", data=fields | {"hint": version})


def tick(guest: TestClient, purpose: str, *, agrees: bool = True) -> None:
    """One box of the settings."""
    data = {"purpose": purpose} | ({"agrees": "true"} if agrees else {})
    assert guest.post("/account/consents", data=data).status_code == 200


def on_record(site: Site, now: str, email: str = ANNA) -> dict[str, dict[str, Any]]:
    """What stands in the register, by purpose."""
    shown = site.scenario.zusage(now, "consent", "show", email, "--json").json
    return {one["purpose"]: one for one in shown}


def subscribe(site: Site, purpose: str, address: str) -> None:
    """The address is entered and confirmed by its mail."""
    site.zusage.subscribe(purpose, address)
    assert site.guest().post(confirm_link(site, address)).status_code == 200


def confirm_link(site: Site, address: str) -> str:
    """The path in the last mail to an address."""
    now = clock.now().replace(tzinfo=None).isoformat(timespec="seconds")
    site.scenario.zusage(now, "worker", "--once")
    mails = Desk(site.scenario).mails(address)
    return str(re.findall(r"/confirm/[\w.-]+", mails[-1])[-1])
