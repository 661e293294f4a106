"""The tables of the messaging platform's own applications: the service (by tenant) and the office."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, MetaData, String, Table, Text

from zusage.deployments.columns import instant, key, number, refers, word
from zusage.deployments.sessions import session_table

service = MetaData()
office = MetaData()

tenant = Table("tenant", service, key(), word("name"), word("contact", 160), Column("retention_months", Integer, nullable=False), instant("contract_ended_at"))  # fmt: skip
user = Table("app_user", service, key(), refers("tenant_id", "tenant.id"), word("name"), word("email", 160), word("position"), word("payment_token", 60), word("password_check"), instant("left_at"))  # fmt: skip
login_session = session_table(service, "app_user.id")
contact = Table(
    "contact",
    service,
    key(),
    refers("tenant_id", "tenant.id"),
    word("name"),
    word("phone", 40),
    word("email", 160),
)
conversation = Table("conversation", service, key(), refers("contact_id", "contact.id"), refers("user_id", "app_user.id", optional=True), word("topic"))  # fmt: skip
message = Table("message", service, key(), refers("conversation_id", "conversation.id"), refers("answers", "message.id", optional=True), Column("body", Text), instant("sent_at"))  # fmt: skip
message_file = Table("message_file", service, key(), refers("message_id", "message.id"), word("path", 200))
message_index = Table("message_index", service, key(), refers("message_id", "message.id"), word("term", 80))

#: who tried to open a thread of another tenant
thread_refusal = Table("thread_refusal", service, key(), refers("user_id", "app_user.id"), number("thread"), instant("at"))  # fmt: skip

demo = Table("demo", office, key(), word("name"), word("email", 160), word("position"), word("company"), instant("requested_at"), instant("held_at"), instant("contract_at"), Column("channel", String(60), nullable=False, server_default="Demo-Formular"), CheckConstraint("channel <> ''", name="demo_has_channel"))  # fmt: skip
#: what is known about a person from somebody else: never without the channel it came over, and when
detail = Table(
    "person_detail", office, key(), word("email", 160, optional=False), word("field", 40, optional=False), word("value"),
    word("channel", 60, optional=False), instant("obtained_at", optional=False),
    CheckConstraint("channel <> ''", name="detail_has_channel"),
)  # fmt: skip
enquiry = Table("enquiry", office, key(), word("name"), word("email", 160), word("phone", 40), Column("body", Text), word("topic", 40), instant("received_at"), instant("closed_at"))  # fmt: skip
subscriber = Table(
    "subscriber", office, key(), word("email", 160), instant("confirmed_at"), instant("withdrawn_at")
)
applicant = Table("applicant", office, key(), word("name"), word("email", 160), word("letter", 2000), instant("rejected_at"), instant("pool_agreed_at"))  # fmt: skip
paper = Table("paper", office, key(), refers("applicant_id", "applicant.id"), word("path", 200))
visit = Table("visit", office, key(), word("address", 45), word("page", 200), instant("visited_at"))

DATABASES = {"service": service, "office": office}
