"""The tables of the ad server's own application."""

from __future__ import annotations

from sqlalchemy import Column, MetaData, Table, Text

from zusage.deployments.columns import instant, key, number, refers, word
from zusage.deployments.sessions import session_table

platform = MetaData()

customer = Table("customer", platform, key(), word("company"), word("name"), word("email", 160, optional=False), word("password_check"), instant("created_at"), instant("contract_ended_at"))  # fmt: skip
#: what invoicing, the search of our own people, and the change log know of a customer
billing_contact = Table(
    "billing_contact", platform, key(), refers("customer_id", "customer.id"), word("name")
)
customer_index = Table(
    "customer_index", platform, key(), refers("customer_id", "customer.id"), word("term", 80)
)
customer_change = Table("customer_change", platform, key(), refers("customer_id", "customer.id"), word("field", 40), word("old_value"), word("new_value"), instant("changed_at"))  # fmt: skip
#: the usage contract, version by version, and which version was concluded with whom
usage_contract = Table("usage_contract", platform, key(), number("version", optional=False), Column("body", Text, nullable=False), instant("in_force_at", optional=False))  # fmt: skip
conclusion = Table("conclusion", platform, key(), refers("customer_id", "customer.id"), refers("contract_id", "usage_contract.id"), instant("concluded_at", optional=False))  # fmt: skip
campaign = Table(
    "campaign",
    platform,
    key(),
    refers("customer_id", "customer.id"),
    word("title"),
    instant("starts_at"),
    instant("ends_at"),
)
creative = Table(
    "creative",
    platform,
    key(),
    refers("campaign_id", "campaign.id"),
    word("path", 200),
    word("target_url", 300),
)
invoice = Table("invoice", platform, key(), refers("customer_id", "customer.id", optional=True), word("number", 30), word("recipient"), word("address"), number("cents"), instant("issued_at"))  # fmt: skip
enquiry = Table(
    "enquiry",
    platform,
    key(),
    word("name"),
    word("email", 160),
    Column("body", Text),
    instant("received_at"),
    instant("closed_at"),
)
enquiry_mail = Table("enquiry_mail", platform, key(), refers("enquiry_id", "enquiry.id", optional=True), word("sender", 160), Column("body", Text), word("kind", 20), instant("sent_at"))  # fmt: skip
enquiry_file = Table("enquiry_file", platform, key(), refers("mail_id", "enquiry_mail.id"), word("path", 200))
enquiry_index = Table("enquiry_index", platform, key(), refers("enquiry_id", "enquiry.id"), word("term", 80))
trait = Table(
    "trait", platform, key(), word("browser", 40), word("site"), word("trait"), instant("assigned_at")
)
login_session = session_table(platform, "customer.id")
#: who saw which version of a page that is tried out
trial_view = Table("trial_view", platform, key(), word("browser", 40), word("version", 1), instant("seen_at"))
#: who was told of products, and how
approach = Table("approach", platform, key(), refers("customer_id", "customer.id"), word("purpose", 40), word("way", 20), instant("approached_at"))  # fmt: skip
enquiry_count = Table("enquiry_count", platform, key(), word("month", 7), number("enquiries"))

DATABASES = {"platform": platform}
