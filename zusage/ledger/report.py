"""What a verification found, for programs and for people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zusage.text import Text


class Verdict(StrEnum):
    """`proven`: matches a checkpoint from outside; `consistent`: fits together, but its end may be missing."""

    PROVEN = "proven"
    CONSISTENT = "consistent"
    BROKEN = "broken"


class Damage(StrEnum):
    """What is wrong at the first bad spot."""

    CHANGED = "changed"  # the bytes are not those that were sealed
    MISSING = "missing"
    REORDERED = "reordered"
    INSERTED = "inserted"
    RELABELLED = "relabelled"  # bytes as sealed, but the columns beside them say something else
    FORGED = "forged"  # the checkpoint carries no valid signature, or its batch contradicts it
    TRUNCATED = "truncated"  # the outside checkpoint has seen more entries than there are
    REWRITTEN = "rewritten"  # signed and consistent, but not what the outside checkpoint saw


_SAID: dict[Damage, Text] = {
    Damage.CHANGED: Text(de="geändert", en="changed"),
    Damage.MISSING: Text(de="fehlt", en="missing"),
    Damage.REORDERED: Text(de="umgestellt", en="reordered"),
    Damage.INSERTED: Text(de="nachträglich eingefügt", en="inserted afterwards"),
    Damage.RELABELLED: Text(
        de="in den Suchspalten verfälscht", en="relabelled in the columns used for searching"
    ),
    Damage.FORGED: Text(de="durch keine gültige Unterschrift gedeckt", en="not covered by a valid signature"),
    Damage.TRUNCATED: Text(de="abgeschnitten", en="cut off"),
    Damage.REWRITTEN: Text(
        de="neu geschrieben: nicht das, was der auswärtige Prüfpunkt bezeugt",
        en="rewritten: not what the outside checkpoint has seen",
    ),
}


@dataclass(frozen=True, slots=True)
class BadSpot:
    """The first bad entry: what is wrong with it, its position and (where there is one) id, its batch.

    With `until`, all that is known is that it lies between `position` and there.
    """

    damage: Damage
    position: int
    id: str | None
    batch: int
    until: int | None = None

    def says(self) -> Text:
        """In a sentence."""
        said, name = _SAID[self.damage], f" ({self.id})" if self.id else ""
        if self.until is not None and self.until != self.position:
            return Text(
                de=f"Zwischen Eintrag {self.position} und {self.until} (Stapel {self.batch}): {said.de}",
                en=f"Between entries {self.position} and {self.until} (batch {self.batch}): {said.en}",
            )
        return Text(
            de=f"Eintrag {self.position}{name}, Stapel {self.batch}: {said.de}",
            en=f"Entry {self.position}{name}, batch {self.batch}: {said.en}",
        )


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The verdict, and what was looked at: so many entries in so many batches, up to `size` and `root`.

    `cut_at`: entries before it have expired. `unsealed` ones are not covered by any signature yet. `outside` is the size
    of the outside checkpoint, if there was one.
    """

    verdict: Verdict
    entries: int
    batches: int
    size: int
    root: bytes
    unsealed: int
    cut_at: int
    bad: BadSpot | None
    outside: int | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with what is there."""
        return self.verdict is not Verdict.BROKEN

    def says(self) -> Text:
        """The result in one sentence."""
        if self.bad is not None:
            spot = self.bad.says()
            return Text(
                de=f"Das Verzeichnis ist nicht echt. {spot.de}.", en=f"The ledger is not genuine. {spot.en}."
            )
        de = en = ""
        if self.unsealed:
            de, en = (
                f" {self.unsealed} weitere sind noch nicht versiegelt.",
                f" {self.unsealed} more are not sealed yet.",
            )
        if self.verdict is Verdict.PROVEN:
            return Text(
                de=f"{self.entries} Einträge sind echt und bis Nummer {self.outside} nachweislich vollständig.{de}",
                en=f"{self.entries} entries are genuine, and proven complete up to number {self.outside}.{en}",
            )
        return Text(
            de=f"{self.entries} Einträge sind in sich stimmig; Vollständigkeit ist nicht bewiesen.{de}",
            en=f"{self.entries} entries are consistent, not proven complete.{en}",
        )

    def as_json(self) -> dict[str, Any]:
        """The same for `--json`."""
        return {
            "verdict": self.verdict.value,
            "entries": self.entries,
            "batches": self.batches,
            "size": self.size,
            "root": f"sha256:{self.root.hex()}",
            "unsealed": self.unsealed,
            "cut_at": self.cut_at,
            "outside": self.outside,
            "bad": None
            if self.bad is None
            else {
                "damage": self.bad.damage.value,
                "position": self.bad.position,
                "until": self.bad.until,
                "id": self.bad.id,
                "batch": self.bad.batch,
            },
            "says": self.says().as_json(),
        }
