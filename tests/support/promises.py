"""Which promises the tests have shown: `@pytest.mark.promise("aim3-054", …)` on a test, `build/promises.json` after it.

A promise counts as `passed` only if every test that names it passed; one failure makes it `failed`, otherwise one skip
makes it `skipped`. With `attested=True` on the marker – the promise is one that a person vouches for, and the test
shows that the attestation is asked for, kept and expires – it counts as `attested`.

`build/promises.json` maps id to status. `build/promises-tests.json` beside it remembers each test's result, so that
several runs (a suite, then the browser tests) and several processes add up; a new run of a test replaces its result.
"""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.support.needs import BUILD, ROOT

#: The catalogue of promises, where it is there: `NOTICE.yaml` and `owners.tsv`.
CATALOGUE = ROOT.parent / "shared/promises"
REPORT = BUILD / "promises.json"
TESTS = BUILD / "promises-tests.json"
_PROPERTY = "zusage-promises"
_WORST = ("failed", "skipped", "passed")
_ID = re.compile(r"[a-z0-9]+-\d{3}")


@cache
def known_ids() -> frozenset[str]:
    """The catalogue's ids; empty where the catalogue is not there."""
    owners = CATALOGUE / "owners.tsv"
    if not owners.is_file():
        return frozenset()
    rows = owners.read_text(encoding="utf-8").splitlines()[1:]
    return frozenset(row.split("\t")[0] for row in rows if row)


def named_by(item: pytest.Item) -> dict[str, bool]:
    """The promise ids a test names, each with whether it is attested only."""
    return {
        id_: bool(marker.kwargs.get("attested", False))
        for marker in item.iter_markers("promise")
        for id_ in marker.args
    }


def statuses(tests: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Each promise's status from the results of the tests that name it."""
    results: dict[str, list[tuple[str, bool]]] = {}
    for test in tests.values():
        for id_, attested in test["promises"].items():
            results.setdefault(id_, []).append((test["result"], attested))
    return {id_: _status(found) for id_, found in sorted(results.items())}


def _status(found: Iterable[tuple[str, bool]]) -> str:
    found = list(found)
    worst = min((result for result, _ in found), key=_WORST.index)
    return "attested" if worst == "passed" and any(attested for _, attested in found) else worst


class PromiseRecorder:
    """Hears every report – from all workers, in the controlling process – and writes the two files at the end."""

    def __init__(self, report: Path = REPORT, tests: Path = TESTS) -> None:
        self._report, self._tests = report, tests
        self._seen: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One phase of one test is over; its worst phase is its result."""
        promises = dict(report.user_properties).get(_PROPERTY)
        if not isinstance(promises, dict) or not promises:
            return
        entry = self._seen.setdefault(report.nodeid, {"result": "passed", "promises": promises})
        outcome = "failed" if hasattr(report, "wasxfail") else report.outcome
        entry["result"] = min(entry["result"], outcome, key=_WORST.index)

    def pytest_sessionfinish(self) -> None:
        """Adds this run's results to what earlier runs found."""
        if not self._seen:
            return
        with _locked(self._tests.with_suffix(".lock")):
            earlier = json.loads(self._tests.read_text()) if self._tests.is_file() else {}
            merged = {test: found for test, found in earlier.items() if _still_there(test)} | self._seen
            _write(self._tests, merged)
            _write(self._report, statuses(merged))


def _still_there(nodeid: str) -> bool:
    return (ROOT / nodeid.split("::")[0]).is_file()


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def pytest_configure(config: pytest.Config) -> None:
    """Only the controlling process records; workers send it their reports."""
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(PromiseRecorder(), "zusage-promises")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a test names travels with its reports, also from a worker."""
    for item in items:
        promises = named_by(item)
        if promises:
            item.user_properties.append((_PROPERTY, promises))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that names a promise nobody made fails: a typo must not look like a kept promise."""
    for id_ in named_by(item):
        unknown = known_ids() and id_ not in known_ids()
        if unknown or not _ID.fullmatch(id_):
            pytest.fail(f"there is no promise {id_!r}", pytrace=False)
