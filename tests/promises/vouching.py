"""Promises that a person vouches for: nothing on file → asked for; on file → kept; run out → broken; reminder before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tests.promises.scenario import PERSON, Scenario


def vouch(scene: Scenario, now: str, promise: str, *, role: str = "dpo", until: str | None = None) -> int:
    """File an attestation with a document; the command's exit code."""
    document = scene.file("evidence/document.txt", f"evidence for {promise}\n")
    arguments = ["attest", promise, "--by", PERSON, "--role", role, "--document", str(document)]
    return scene.zusage(now, *arguments, *(["--until", until] if until else [])).code


def state(scene: Scenario, now: str, promise: str) -> str:
    """What `zusage attest --list` says of a promise."""
    listed = scene.zusage(now, "attest", "--list", "--json").json
    return next(str(one["state"]) for one in listed if one["id"] == f"attestation/{promise}")


def assert_vouched(
    scene: Scenario, roles: Mapping[str, str], *, filed: str, good: str, over: str, until: str | None = None
) -> None:
    """The life of attestations (promise → role): `filed` on that day, in force on `good`, run out on `over`."""
    for promise, role in roles.items():
        assert state(scene, filed, promise) == "due", "what nobody vouches for is not shown as kept"
        if promise.startswith("measure/"):
            assert vouch(scene, filed, promise, role="visitor", until=until) == 2, (
                "only the role that is named vouches"
            )
        assert vouch(scene, filed, promise, role=role, until=until) == 0
        assert state(scene, good, promise) == "kept"
        assert state(scene, over, promise) == "broken", "what ran out is not counted as in force"
    assert_reminded(scene, roles, good, over)
    for promise, role in roles.items():
        assert vouch(scene, over, promise, role=role) == 0
        assert state(scene, over, promise) == "kept"


def assert_reminded(scene: Scenario, promises: Iterable[str], good: str, over: str) -> None:
    """The data protection officer is written to before an attestation runs out."""
    for now in (good, over, over + "T01:00"):
        scene.zusage(now, "worker", "--once")
    said = "\n".join(scene.mails())
    for promise in promises:
        assert f"attestation/{promise}" in said, f"no reminder of {promise}"


def may(scene: Scenario, now: str, recipient: str, activity: str, *more: str) -> list[str]:
    """What stands against a disclosure now, by code; empty if it may go."""
    answer = scene.zusage(now, "disclose", recipient, "--activity", activity, "--check", "--json", *more)
    found = answer.json
    assert answer.code == (0 if found["allowed"] else 1)
    return [str(one["code"]) for one in found["obstacles"]]


def assert_contract_gate(
    scene: Scenario, recipient: str, activity: str, *, before: str, filed: str, review: str, after: str
) -> None:
    """Nothing goes without a contract on file; it goes while one is in force, and no longer than that."""
    promise = f"contract/{recipient}"
    assert "no-contract" in may(scene, before, recipient, activity)
    assert state(scene, before, promise) == "due"
    document = scene.file("evidence/contract.txt", "contract\n")
    filing = ["contract", "file", recipient, "--document", str(document), "--by", PERSON, "--until", review]
    assert scene.zusage(filed, *filing).code == 0
    assert "no-contract" not in may(scene, filed, recipient, activity)
    on_file = scene.zusage(filed, "contract", "show", recipient, "--json").json
    assert len(on_file[0]["sha256"]) == 64
    assert "no-contract" in may(scene, after, recipient, activity), (
        "a contract past its date closes the way again"
    )
    assert state(scene, after, promise) == "broken"
    assert_reminded(scene, [promise], filed, after)


def cover_transfer(scene: Scenario, now: str, recipient: str, country: str) -> None:
    """Somebody vouches for the safeguard of a transfer."""
    assert vouch(scene, now, f"transfer/{recipient}/{country}") == 0
