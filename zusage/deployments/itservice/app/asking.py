"""Forms of the site: minors are asked before the first field not to send anything, and whoever writes a message is reminded
beside its field to tell of third persons only with their agreement.
"""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

MINORS = Markup(
    '<p class="minors">Sind Sie unter 18? Dann senden Sie uns bitte keine Angaben über sich; privat fragen Sie uns bitte am Telefon.</p>'
)
THIRD_PERSONS = Markup(
    '<p class="third-persons" id="third-persons">Angaben über andere Personen bitte nur, wenn diese einverstanden sind.</p>'
)
#: fields in which people write freely
_MESSAGES = frozenset({"body", "letter"})


def form(action: str, fields: Mapping[str, str], button: str) -> Markup:
    """A form that asks for `fields` (name → label)."""
    inputs = Markup("").join(_field(name, label) for name, label in fields.items())
    return Markup('<form method="post" action="{}">{}{}<button>{}</button></form>').format(
        action, MINORS, inputs, button
    )


def _field(name: str, label: str) -> Markup:
    if name in _MESSAGES:
        return Markup(
            '<p><label>{} <textarea name="{}" aria-describedby="third-persons"></textarea></label></p>{}'
        ).format(label, name, THIRD_PERSONS)
    secret = Markup(' type="password"') if name == "password" else ""
    return Markup('<p><label>{} <input name="{}"{}></label></p>').format(label, name, secret)
