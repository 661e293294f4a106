"""The storage keeper: data lie where the notice says, and nowhere else; and each day's copy is there and intact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from zusage.declaration import Declaration
from zusage.keepers.context import Context
from zusage.keepers.storage.copying import alarm, missing_copies, prove_copies
from zusage.keepers.storage.placing import prove_places
from zusage.promises import Outcome, Plan, Promise, Proof, Result
from zusage.text import Text

KEEPER = "storage"


class StorageKeeper:
    """A measure with `places` or `daily_copies` is one promise each. Copies are made by others; here somebody looks."""

    name = KEEPER

    def promises(self, declaration: Declaration) -> Iterable[Promise]:
        """`places/MEASURE` and `copies/MEASURE`."""
        for name, measure in declaration.measures.items():
            text = Text(
                f"{measure.title.says('de')}: {measure.text.says('de')}",
                f"{measure.title.says('en')}: {measure.text.says('en')}",
            )
            if measure.places is not None:
                terms = measure.places.model_dump(mode="json")
                reference = measure.citation.id if measure.citation else "gdpr:44"
                yield Promise(f"places/{name}", KEEPER, "place", text, reference, terms=terms)
            if measure.daily_copies is not None:
                terms = measure.daily_copies.model_dump(mode="json")
                yield Promise(f"copies/{name}", KEEPER, "backup", text, "gdpr:32(1)(c)", terms=terms)

    def plan(self, context: Context, now: datetime) -> Plan:
        """An empty plan: nothing of anybody's data is touched here."""
        return Plan(keeper=self.name, at=now)

    def keep(self, context: Context, plan: Plan, now: datetime) -> Iterator[Outcome]:
        """Tell somebody, once a day, where the day's copy is missing or broken."""
        for promise in self.promises(context.declaration):
            if promise.kind == "backup":
                for database, reason in missing_copies(context, promise, now):
                    if alarm(context, promise, database, reason, now):
                        yield Outcome(Result.FAILED, promise.id, database, action="copy", reason=reason)

    def prove(self, context: Context, promise: Promise, now: datetime) -> Proof:
        """Look at the places, or at the copies."""
        if promise.kind == "place":
            return prove_places(context, promise, now)
        return prove_copies(context, promise, now)
