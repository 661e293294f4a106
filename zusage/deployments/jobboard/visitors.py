"""The tables of the job board around its visitors and users: sessions, counts, adverts, interests, who saw a résumé, where details
of a profile came from, what users were told, surveys."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, MetaData, Table

from zusage.deployments.columns import flag, instant, key, number, refers, word
from zusage.deployments.sessions import session_table


def visitor_tables(board: MetaData) -> dict[str, Table]:
    """These tables, by name; the tables they refer to are in `board`."""
    return {
        "login_session": session_table(board, "account.id"),
        #: pages and days only: no visitor, no path from page to page
        "page_count": Table("page_count", board, key(), word("page", 120), word("day", 10), word("version", 1), number("views")),
        #: one showing of an advert to somebody who agreed, by nobody in particular; gone with the night
        "beacon_event": Table("beacon_event", board, key(), word("advert", 20), word("page", 120), instant("at"), instant("counted_at")),
        "beacon_count": Table("beacon_count", board, key(), word("advert", 20), word("page", 120), word("day", 10), number("views")),
        #: the key of an account's entries in the activity log; it goes with the account, and the entries point at nobody
        "log_key": Table("log_key", board, key(), refers("account_id", "account.id"), word("secret", 64, optional=False)),
        "activity_log": Table("activity_log", board, key(), word("pseudonym", 32), word("act", 30), instant("noted_at")),
        #: how likely somebody is interested in a topic, and from which data that was taken
        "interest": Table("interest", board, key(), refers("account_id", "account.id"), word("topic", 60), number("score"), word("sources"), instant("computed_at")),
        #: data about people that were bought; matched with an account only where the person agreed
        "bought_interest": Table("bought_interest", board, key(), word("email", 160), word("topic", 60), word("seller"), instant("bought_at")),
        "resume_view": Table("resume_view", board, key(), refers("company_id", "company.id"), number("resume_id"), flag("full"), instant("viewed_at")),
        #: a request of a third party for a profile in one case, with the question that was put to the person
        "profile_request": Table("profile_request", board, key(), refers("account_id", "account.id"), word("recipient"), word("fields"), word("question", 80), instant("asked_at"), instant("sent_at")),
        #: a detail of a profile: never without how and from whom it came, and when
        "profile_item": Table(
            "profile_item", board, key(), refers("account_id", "account.id"), word("field", 40, optional=False), word("value", optional=False),
            word("way", 20, optional=False), word("source", optional=False), instant("obtained_at", optional=False),
            CheckConstraint("way IN ('own', 'imported', 'third-party') AND source <> ''", name="item_has_source"),
        ),
        #: a hint was shown beside a field, in this version
        "hint_shown": Table("hint_shown", board, key(), refers("account_id", "account.id"), word("field", 40), word("version", 16), instant("shown_at")),
        #: what a user decided on the doubtful passages of a résumé, which stand here by their digest only
        "passage_decision": Table("passage_decision", board, key(), refers("account_id", "account.id"), word("passages", 32), flag("publish"), instant("decided_at")),
        "survey_answer": Table("survey_answer", board, key(), refers("account_id", "account.id"), word("survey", 40), word("town"), number("rating"), word("comment", 2000), instant("answered_at")),
    }  # fmt: skip
