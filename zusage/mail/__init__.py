"""Mail: an outbox in the state database, delivery at least once, bounces."""

from zusage.mail.bounces import Bounce, mark_bounce, read_bounce
from zusage.mail.delivery import DeliveryReport, deliver
from zusage.mail.message import Attachment, BadMessage, Message, check_address
from zusage.mail.outbox import (
    Mail,
    MailState,
    Sender,
    cancel,
    cancel_prefix,
    enqueue,
    enqueue_many,
    expire,
    forget_content,
    mail,
    sent_keys,
)
from zusage.mail.settings import MailSettings
from zusage.mail.smtp import SmtpTransport, Tls
from zusage.mail.transport import MaildirTransport, MailTransport, NotSent, Refused, ServerAway, TryLater

__all__ = [
    "Attachment", "BadMessage", "Bounce", "DeliveryReport", "Mail", "MailSettings", "MailState", "MailTransport",
    "MaildirTransport", "Message", "NotSent", "Refused", "Sender", "ServerAway", "SmtpTransport", "Tls", "TryLater",
    "cancel", "cancel_prefix", "check_address", "deliver", "enqueue", "enqueue_many", "expire", "forget_content", "mail",
    "mark_bounce", "read_bounce", "sent_keys",
]  # fmt: skip
