"""The tables of the job board's own application."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from zusage.deployments.columns import flag, instant, key, number, refers, word
from zusage.deployments.jobboard.visitors import visitor_tables

board = MetaData()

company = Table("company", board, key(), word("name", optional=False), word("contact_name"), word("contact_email"), word("contact_phone"), instant("contract_ended_at"), flag("hidden"))  # fmt: skip
account = Table(
    "account", board, key(), word("email", 160, optional=False), word("password_check"), word("first_name"), word("last_name"),
    word("phone"), word("street"), word("postcode", 10), word("town"), instant("created_at"), instant("last_login_at"),
    instant("closed_at"), flag("active", default=True),
)  # fmt: skip
setting = Table("setting", board, key(), refers("account_id", "account.id"), word("name"), word("value"))
resume = Table(
    "resume", board, key(), refers("account_id", "account.id"), word("title"), word("body", 2000), word("visibility", 20, optional=False),
    word("file_path", 200), instant("updated_at"),
)  # fmt: skip
invitation = Table("invitation", board, key(), refers("account_id", "account.id"), word("email", 160), instant("invited_at"), instant("joined_at"))  # fmt: skip
resume_index = Table("resume_index", board, key(), refers("resume_id", "resume.id"), word("term", 80))
referee = Table(
    "referee",
    board,
    key(),
    refers("resume_id", "resume.id"),
    word("name"),
    word("email"),
    flag("agreed"),
    word("question", 80),
    word("proof", 80),
    instant("asked_at"),
)
job = Table(
    "job",
    board,
    key(),
    refers("company_id", "company.id"),
    word("title"),
    instant("posted_at"),
    word("career_page", 200),
)
proposal = Table(
    "proposal",
    board,
    key(),
    refers("resume_id", "resume.id"),
    refers("job_id", "job.id"),
    instant("proposed_at"),
)
release = Table(
    "release",
    board,
    key(),
    refers("resume_id", "resume.id"),
    refers("job_id", "job.id"),
    instant("released_at"),
    instant("revoked_at"),
)
application = Table(
    "application", board, key(), refers("account_id", "account.id"), refers("job_id", "job.id"), word("letter", 2000),
    word("state", 20), instant("sent_at"), instant("decided_at"),
)  # fmt: skip
document = Table(
    "document", board, key(), refers("application_id", "application.id"), word("path", 200), number("size")
)
message = Table(
    "message", board, key(), refers("account_id", "account.id"), refers("reply_to", "message.id", optional=True), word("body", 2000),
    instant("sent_at"),
)  # fmt: skip
search = Table(
    "search", board, key(), refers("account_id", "account.id"), word("terms"), instant("searched_at")
)
consent = Table("consent", board, key(), refers("account_id", "account.id"), word("purpose"), instant("given_at"), instant("withdrawn_at"))  # fmt: skip
invoice = Table("invoice", board, key(), refers("company_id", "company.id", optional=True), word("number", 30), word("recipient"), word("address"), number("cents"), instant("issued_at"))  # fmt: skip
enquiry = Table(
    "enquiry",
    board,
    key(),
    word("name"),
    word("email"),
    word("body", 2000),
    instant("received_at"),
    instant("answered_at"),
)
subscription = Table("subscription", board, key(), word("email", 160, optional=False), instant("subscribed_at"), instant("confirmed_at"), instant("withdrawn_at"))  # fmt: skip

VISITORS = visitor_tables(board)
login_session, page_count, interest = VISITORS["login_session"], VISITORS["page_count"], VISITORS["interest"]
bought_interest, resume_view = VISITORS["bought_interest"], VISITORS["resume_view"]
profile_request, profile_item = VISITORS["profile_request"], VISITORS["profile_item"]
hint_shown, survey_answer = VISITORS["hint_shown"], VISITORS["survey_answer"]
passage_decision = VISITORS["passage_decision"]
beacon_event, beacon_count = VISITORS["beacon_event"], VISITORS["beacon_count"]
log_key, activity_log = VISITORS["log_key"], VISITORS["activity_log"]

DATABASES = {"board": board}
