"""The link in each mail that ends it: it names person, suppression key and purpose, all as pseudonyms, under a signature.

Nothing is stored for it, so that it works as long as the key of the purpose `tokens` does. Nobody can make one for another
person, and no address can be read from it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from hashlib import sha256

from zusage.keys import KeyRing, in_letters
from zusage.registers.consents import person_of
from zusage.registers.suppressions import suppression_key
from zusage.text import LANGUAGES, Language

_MAC = 16
_PREFIX = "suppression."
_LETTERS = str.maketrans("abcdefghijklmnop", "0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Who ends what: the person's pseudonym, the key on the suppression list, the purpose, the mail's language."""

    person: bytes
    suppression: str
    purpose: str
    language: Language

    @classmethod
    def of(cls, keys: KeyRing, address: str, purpose: str, language: Language) -> Unsubscribe:
        """The link's content for an e-mail address."""
        return cls(
            person_of(keys, "email", address), suppression_key(keys, "email", address), purpose, language
        )

    def token(self, keys: KeyRing) -> str:
        """As it stands in the link."""
        listed = bytes.fromhex(self.suppression.removeprefix(_PREFIX).translate(_LETTERS))
        content = self.person + listed + f"{self.language}{self.purpose}".encode()
        return base64.urlsafe_b64encode(_mac(keys, content) + content).rstrip(b"=").decode()


def read_link(keys: KeyRing, token: str) -> Unsubscribe | None:
    """What a link says; None for one that this workspace did not write."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    mac, content = raw[:_MAC], raw[_MAC:]
    if len(content) < 35 or not hmac.compare_digest(mac, _mac(keys, content)):
        return None
    said = content[32:].decode()
    language = next((one for one in LANGUAGES if said.startswith(one)), LANGUAGES[0])
    return Unsubscribe(content[:16], _PREFIX + in_letters(content[16:32]), said[2:], language)


def tracking_id(keys: KeyRing, mailing: str, person: bytes) -> str:
    """By which openings and clicks of one mailing are followed, for a person who agreed to that."""
    content = f"tracking/{mailing}/{person.hex()}".encode()
    return hmac.new(keys.secret("tokens"), content, sha256).hexdigest()[:24]


def _mac(keys: KeyRing, content: bytes) -> bytes:
    return hmac.new(keys.secret("tokens"), b"unsubscribe/" + content, sha256).digest()[:_MAC]
