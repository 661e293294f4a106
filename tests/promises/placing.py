"""Places of data: a store, copy or server elsewhere is refused; a copy elsewhere is reported; places are reviewed."""

from __future__ import annotations

from tests.promises.scenario import Scenario


def change(scene: Scenario, name: str, *swaps: tuple[str, str]) -> str:
    """Rewrite a file of the workspace; returns what stood there before."""
    path = scene.folder / name
    before = path.read_text(encoding="utf-8")
    after = before
    for old, new in swaps:
        assert old in after, old
        after = after.replace(old, new, 1)
    path.write_text(after, encoding="utf-8")
    return before


def assert_refused(scene: Scenario, now: str, name: str, *swaps: tuple[str, str]) -> str:
    """A change of the configuration is refused with place and reason, and nothing runs under it; what was said."""
    before = change(scene, name, *swaps)
    refused = scene.zusage(now, "status", "--json")
    assert refused.code == 2, refused.out
    assert name in refused.err
    (scene.folder / name).write_text(before, encoding="utf-8")
    assert scene.zusage(now, "status", "--json").code in (0, 1)
    return refused.err


def places(scene: Scenario, now: str, *arguments: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """(store, kind, country) of each place, and the files that lie elsewhere."""
    said = scene.zusage(now, "store", "places", *arguments, "--json")
    found = said.json
    assert said.code == (1 if found["elsewhere"] else 0)
    return (
        [(one["store"], one["kind"], one["country"]) for one in found["places"]],
        [str(one["path"]) for one in found["elsewhere"]],
    )
