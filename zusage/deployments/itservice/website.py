"""The tables of the IT provider's website: logins, what a visitor types over several pages, usage profiles, positions."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from zusage.deployments.columns import instant, key, number, refers, word
from zusage.deployments.sessions import session_table

web = MetaData()

portal_user = Table("portal_user", web, key(), word("name"), word("email", 160, optional=False), word("password_check"))  # fmt: skip
login_session = session_table(web, "portal_user.id", optional=True)
session_entry = Table("session_entry", web, key(), refers("session_id", "login_session.id"), word("name", 40), word("value", 400))  # fmt: skip
#: how the site is used under a pseudonym, and the browser whose consent carries it; there is no way from here to a person
usage_profile = Table("usage_profile", web, key(), word("pseudonym", 22), word("browser", 32), number("pages"), word("last_page", 80), instant("last_seen_at"))  # fmt: skip
#: how often a page was looked at on a day, by whomever
page_count = Table("page_count", web, key(), instant("day"), word("page", 80), number("views"))
position = Table("position", web, key(), word("title"), instant("opened_at"), instant("closed_at"))
#: which campaign brought a visitor who agreed to it, until it was told once
ad_click = Table("ad_click", web, key(), word("browser", 32), word("click", 100), instant("clicked_at"))
