"""Loading `stores.yaml` and checking it against the declaration: every name leads somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from zusage.declaration import Activity, Declaration, strict_yaml
from zusage.declaration.loading import did_you_mean, load_model
from zusage.declaration.strict_yaml import BadInput, Document, KeyPath, Problem, dotted
from zusage.law.adequacy import within
from zusage.stores.bindings import Bindings, FileBinding, FileStore, TableBinding

#: what a key path leads to, why it is wrong, the word, and the words there are
Complaint = tuple[KeyPath, str, str, Iterable[str]]


def load_bindings(path: Path, declaration: Declaration) -> Bindings:
    """The bindings in `path`. Raises `BadInput` with every problem found: unknown keys, activities, categories, events."""
    bindings = load_model(path, Bindings)
    if complaints := list(_complaints(bindings, declaration)):
        document = strict_yaml.read(path)
        raise BadInput([_problem(document, *complaint) for complaint in complaints])
    return bindings


def _problem(document: Document, path: KeyPath, message: str, word: str, known: Iterable[str]) -> Problem:
    return Problem(document.name, document.place(path), dotted(path), message, did_you_mean(word, known))


def _complaints(bindings: Bindings, declaration: Declaration) -> Iterator[Complaint]:
    for name, store in bindings.stores.items():
        for activity_id, parts in store.activities.items():
            where: KeyPath = ("stores", name, "activities", activity_id)
            activity = declaration.activities.get(activity_id)
            if activity is None:
                yield (
                    where,
                    f"the declaration has no activity '{activity_id}'",
                    activity_id,
                    declaration.activities,
                )
                continue
            for position, part in enumerate(parts):
                here = (*where, position)
                if isinstance(part, TableBinding):
                    yield from _of_table(here, part, activity, bindings, declaration)
                elif isinstance(part, FileBinding):
                    yield from _of_files(here, part, activity, bindings)
    yield from _of_places(bindings, declaration)


def _of_places(bindings: Bindings, declaration: Declaration) -> Iterator[Complaint]:
    """A store or copy that stands where a measure of the declaration allows none; copies of nothing."""
    for name, store in bindings.stores.items():
        if isinstance(store, FileStore) and store.copies is not None:
            databases = [other for other, each in bindings.stores.items() if each.kind == "sql"]
            for of in store.copies.of:
                if of not in databases:
                    yield ("stores", name, "copies", "of"), f"there is no database '{of}'", of, databases
        for measure_id, measure in declaration.measures.items():
            allowed = measure.places
            if store.site is None or allowed is None or not concerned(bindings, name, allowed.activities):
                continue
            if not any(within(store.site.country, area) for area in allowed.countries):
                said = f"{store.site.country} is not where the measure '{measure_id}' promises the data to be"
                yield ("stores", name, "site", "country"), said, store.site.country, allowed.countries


def concerned(bindings: Bindings, name: str, activities: Iterable[str]) -> bool:
    """Whether a store, or a database that it holds copies of, holds data of these activities (none named: of any)."""
    store, wanted = bindings.stores[name], set(activities)
    if isinstance(store, FileStore) and store.copies is not None:
        return any(of in bindings.stores and concerned(bindings, of, wanted) for of in store.copies.of)
    held = set(store.activities)
    if isinstance(store, FileStore):
        # files that go with rows of a database belong to those rows' activities
        for other in bindings.stores.values():
            for activity, parts in other.activities.items():
                held |= {activity for part in parts if name in getattr(part, "files", {}).values()}
    return bool(held & wanted) if wanted else bool(held)


def _of_table(
    here: KeyPath, part: TableBinding, activity: Activity, bindings: Bindings, declaration: Declaration
) -> Iterator[Complaint]:
    categories = [category.id for category in activity.data]
    for column, category in part.columns.items():
        if category not in categories:
            yield (
                (*here, "columns", column),
                f"the activity has no data category '{category}'",
                category,
                categories,
            )
    yield from _of_events(here, part.events, activity)
    named = [rule.when.named for rule in activity.retention if rule.when and rule.when.named]
    for condition in part.conditions:
        if condition not in named:
            yield (
                (*here, "conditions", condition),
                f"no rule of the activity has the condition '{condition}'",
                condition,
                named,
            )
    for consent in part.consents:
        if consent not in declaration.consents:
            message = f"the declaration has no consent '{consent}'"
            yield (*here, "consents", consent), message, consent, declaration.consents
    chosen = [step.keep.chosen for rule in activity.retention for step in rule.steps if step.keep.chosen]
    for choice in part.chosen:
        if choice not in chosen:
            yield (
                (*here, "chosen", choice),
                f"no rule of the activity has the chosen period '{choice}'",
                choice,
                chosen,
            )
    trees = [name for name, store in bindings.stores.items() if isinstance(store, FileStore)]
    for column, store in part.files.items():
        if store not in trees:
            yield (*here, "files", column), f"there is no files store '{store}'", store, trees


def _of_files(
    here: KeyPath, part: FileBinding, activity: Activity, bindings: Bindings
) -> Iterator[Complaint]:
    categories = [category.id for category in activity.data]
    for position, category in enumerate(part.data):
        if category not in categories:
            yield (
                (*here, "data", position),
                f"the activity has no data category '{category}'",
                category,
                categories,
            )
    backup = ["backup-made"] if any(rule.backup for rule in activity.retention) else []
    yield from _of_events(here, part.events, activity, backup)
    if part.table is not None and not (
        part.table.store in bindings.stores and bindings.stores[part.table.store].kind == "sql"
    ):
        databases = [name for name, store in bindings.stores.items() if store.kind == "sql"]
        yield (
            (*here, "table", "store"),
            f"there is no database '{part.table.store}'",
            part.table.store,
            databases,
        )


def _of_events(
    here: KeyPath, events: Iterable[str], activity: Activity, more: Iterable[str] = ()
) -> Iterator[Complaint]:
    known = {rule.since.event for rule in activity.retention} | set(more)
    for event in events:
        if event not in known:
            yield (*here, "events", event), f"no rule of the activity starts from '{event}'", event, known
