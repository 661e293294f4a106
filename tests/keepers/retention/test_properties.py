"""For random rules and event histories: nothing goes early by a second, nothing stays, and the forecast comes true."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from tests.keepers.retention.conftest import SCHEMA, STORES, MakeContext, declaration, ids, sweep
from zusage.database.engines import create_engine
from zusage.database.schema import metadata
from zusage.keepers.context import Context
from zusage.keepers.retention.forecasting import forecast
from zusage.keys import KeyRing
from zusage.law.duration import Duration
from zusage.law.periods import Start, retention_end
from zusage.ledger import Ledger
from zusage.mail.settings import MailSettings
from zusage.stores import open_stores

PERIODS = ("P0D", "P1D", "P7D", "P30D", "P1M", "P6M", "P24M", "PT1H", "PT72H", "P1Y", "P2W")
STARTS: tuple[Start, ...] = ("event", "end_of_month", "end_of_year")
#: around the ends of months, leap days and clock changes
MOMENTS = [
    datetime(2024, 2, 28, 22, 59, 59, tzinfo=UTC), datetime(2024, 2, 29, 23, 0, tzinfo=UTC),
    datetime(2024, 3, 31, 0, 59, 59, tzinfo=UTC), datetime(2024, 3, 31, 1, 0, tzinfo=UTC),
    datetime(2024, 10, 27, 0, 30, tzinfo=UTC), datetime(2024, 10, 27, 1, 30, tzinfo=UTC),
    datetime(2024, 1, 31, 12, 0, tzinfo=UTC), datetime(2024, 12, 31, 22, 59, 59, tzinfo=UTC),
    datetime(2024, 12, 31, 23, 0, tzinfo=UTC),
]  # fmt: skip
SECOND = timedelta(seconds=1)
moments = st.one_of(
    st.sampled_from(MOMENTS),
    st.integers(0, 2 * 366 * 86_400).map(
        lambda seconds: datetime(2023, 6, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ),
)
#: how an application may write an instant into SQLite
WRITINGS = (
    lambda at: at.strftime("%Y-%m-%d %H:%M:%S"),
    lambda at: at.strftime("%Y-%m-%dT%H:%M:%S"),
    lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    lambda at: at.strftime("%Y-%m-%d %H:%M:%S.%f"),
    lambda at: at.isoformat(),
)


def rule(period: str, start: Start) -> str:
    since = f"{{event: last-login, start: {start}}}"
    return f"      - {{id: inactive, from: {since}, keep: {period}, then: erase}}\n"


def look_closely(
    engine: Engine,
    context: Context,
    events: dict[int, datetime],
    period: str,
    start: Start,
    nows: list[datetime],
) -> None:
    """Sweep at each instant and compare with what the law says of each event."""
    ends = {number: retention_end(at, Duration.parse(period), start) for number, at in events.items()}
    expected = {each.at: each.count for each in forecast(context, nows[0], nows)}
    for now in nows:
        before = set(ids(engine))
        sweep(context, now)
        left = set(ids(engine))
        assert left == {number for number, end in ends.items() if end > now}
        assert len(before - left) == expected.get(now, 0)


@pytest.mark.timeout(300)
@settings(max_examples=30)
@given(
    period=st.sampled_from(PERIODS),
    start=st.sampled_from(STARTS),
    events=st.lists(st.tuples(moments, st.integers(0, len(WRITINGS) - 1)), min_size=1, max_size=5),
    extra=st.lists(moments, max_size=1),
)
def test_sqlite_whatever_the_writing(
    period: str,
    start: Start,
    events: list[tuple[datetime, int]],
    extra: list[datetime],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    if "T" in period:
        start = "event"
    folder = tmp_path_factory.mktemp("property")
    engine, context = _fresh(folder, rule(period, start))
    with engine.begin() as connection:
        for number, (at, writing) in enumerate(events):
            connection.execute(
                text("INSERT INTO account (id, email, last_login) VALUES (:id, 'x', :at)"),
                {"id": number, "at": WRITINGS[writing](at)},
            )
    dated = {number: at for number, (at, _) in enumerate(events)}
    ends = {retention_end(at, Duration.parse(period), start) for at in dated.values()}
    nows = sorted({*extra, *(end for end in ends), *(end - SECOND for end in ends)})
    look_closely(engine, context, dated, period, start, nows)
    engine.dispose()
    context.state.dispose()


def _fresh(folder: Path, rules: str) -> tuple[Engine, Context]:
    url = f"sqlite:///{folder}/store.db"
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in SCHEMA:
            connection.execute(text(statement))
    os.environ["ZUSAGE_TEST_STORE"] = url
    said = declaration(rules)
    events, columns = "last-login: last_login", "email: contact, name: contact"
    path = folder / "stores.yaml"
    path.write_text(STORES.format(more="", options="physical: none", events=events, columns=columns))
    keys = KeyRing.create(folder / "keys")
    state = create_engine(f"sqlite:///{folder}/state.db")
    metadata.create_all(state)
    stores = open_stores(path, said)
    return engine, Context(said, stores, state, Ledger(keys), keys, MailSettings(), folder)


def test_every_database_agrees_with_the_law(
    any_url: str, store_engine: Engine, make_context: MakeContext
) -> None:
    rules: tuple[tuple[str, Start], ...] = (("P6M", "event"), ("PT72H", "event"), ("P1Y", "end_of_year"))
    for number, (period, start) in enumerate(rules):
        with store_engine.begin() as connection:
            for place, at in enumerate(MOMENTS):
                connection.execute(
                    text("INSERT INTO account (id, email, last_login) VALUES (:id, 'x', :at)"),
                    {"id": place, "at": at.replace(tzinfo=None)},
                )
        context = make_context(any_url, rule(period, start).replace("inactive", f"inactive-{number}"))
        events = dict(enumerate(MOMENTS))
        ends = sorted({retention_end(at, Duration.parse(period), start) for at in MOMENTS})
        nows = sorted({*ends, *(end - SECOND for end in ends)})
        assert all(one < other for one, other in pairwise(nows))
        look_closely(store_engine, context, events, period, start, nows)
