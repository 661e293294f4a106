"""Group commit: nobody is answered before the data are written, and nobody suffers for another's bad item."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy.exc import OperationalError

from zusage.server.group_commit import GroupCommit, Overloaded


def _add_all(writer: GroupCommit[int], items: Sequence[int]) -> list[BaseException | None]:
    async def run() -> list[BaseException | None]:
        return await asyncio.gather(*map(writer.add, items), return_exceptions=True)

    try:
        return asyncio.run(run())
    finally:
        writer.close()


def test_one_bad_item_fails_alone() -> None:
    written: list[int] = []

    def write(items: Sequence[int]) -> None:
        if 13 in items:
            raise ValueError("thirteen")
        written.extend(items)

    said = _add_all(GroupCommit(write), range(40))
    assert [place for place, one in enumerate(said) if one is not None] == [13]
    assert isinstance(said[13], ValueError)
    assert sorted(written) == [item for item in range(40) if item != 13]


def test_a_database_that_is_away_is_asked_once_a_group() -> None:
    asked: list[int] = []

    def write(items: Sequence[int]) -> None:
        asked.append(len(items))
        raise OperationalError("", None, Exception())

    said = _add_all(GroupCommit(write, hopeless=OperationalError), range(300))
    assert all(isinstance(one, OperationalError) for one in said)
    assert len(asked) < 20, "not once for each of them"


def test_more_than_may_wait_is_refused_at_once() -> None:
    async def run() -> list[BaseException | None]:
        gate = asyncio.Event()
        loop = asyncio.get_running_loop()

        def write(items: Sequence[int]) -> None:
            asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(10)

        writer: GroupCommit[int] = GroupCommit(write, most=1, waiting=5)
        first = asyncio.ensure_future(writer.add(0))
        await asyncio.sleep(0.05)
        rest = [asyncio.ensure_future(writer.add(number)) for number in range(1, 9)]
        await asyncio.sleep(0.05)
        gate.set()
        said = await asyncio.gather(first, *rest, return_exceptions=True)
        writer.close()
        return said

    refused = [one for one in asyncio.run(run()) if one is not None]
    assert len(refused) == 3
    assert all(isinstance(one, Overloaded) for one in refused)
