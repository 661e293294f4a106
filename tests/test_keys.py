"""Keys: independent, private to their owner, rotated with an unbroken chain, and gone when destroyed."""

from __future__ import annotations

import base64
import multiprocessing
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from zusage.keys import KeyDestroyed, KeyRing, KeyTrouble, Purpose, in_letters

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHO = "Kanaria@Voliere.example"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "keys")


class TestPseudonyms:
    def test_the_same_for_the_same_and_unrelated_elsewhere(self, ring: KeyRing) -> None:
        again = KeyRing.open(ring.folder)
        names = [
            ring.pseudonym("subjects", WHO, 2026),
            ring.pseudonym("subjects", WHO, 2027),
            ring.pseudonym("actors", WHO),
            ring.pseudonym("suppression", WHO),
            ring.pseudonym("actors", "other"),
        ]
        assert len({name.rpartition(".")[2] for name in names}) == 5
        assert again.pseudonym("subjects", WHO, 2026) == names[0]
        assert names[0].startswith("subjects-2026.")
        assert not any(letter.isdigit() for letter in names[0].rpartition(".")[2])

    @pytest.mark.parametrize("other", [" kanaria@voliere.EXAMPLE\n", "KANARIA@VOLIERE.EXAMPLE"])
    def test_letter_case_and_outer_spaces_do_not_matter(self, ring: KeyRing, other: str) -> None:
        assert ring.pseudonym("actors", other) == ring.pseudonym("actors", WHO)

    def test_nor_does_how_an_umlaut_is_composed(self, ring: KeyRing) -> None:
        assert ring.pseudonym("actors", "Zwo\u0308lfer") == ring.pseudonym("actors", "ZW\u00d6LFER")

    @pytest.mark.parametrize(
        ("purpose", "identity", "year"),
        [
            ("subjects", WHO, None),
            ("actors", WHO, 2026),
            ("../x", WHO, None),
            ("Actors", WHO, None),
            ("actors", " ", None),
        ],
    )
    def test_misuse_is_refused(self, ring: KeyRing, purpose: str, identity: str, year: int | None) -> None:
        with pytest.raises(KeyTrouble):
            ring.pseudonym(purpose, identity, year)

    def test_another_ring_gives_others(self, ring: KeyRing, tmp_path: Path) -> None:
        assert KeyRing.create(tmp_path / "other").pseudonym("actors", WHO) != ring.pseudonym("actors", WHO)

    def test_bytes_as_letters(self) -> None:
        assert in_letters(bytes([0x00, 0x9A, 0xFF])) == "aajkpp"


class TestDestroying:
    def test_one_year_goes_and_the_others_stay(self, ring: KeyRing) -> None:
        kept = ring.pseudonym("subjects", WHO, 2027)
        ring.pseudonym("subjects", WHO, 2026)
        old = (ring.folder / "secrets" / "subjects-2026.key").read_bytes()
        assert ring.destroy("subjects", 2026, now=NOW)
        for each in (ring, KeyRing.open(ring.folder)):
            with pytest.raises(KeyDestroyed):
                each.pseudonym("subjects", WHO, 2026)
            assert each.pseudonym("subjects", WHO, 2027) == kept
        assert not any(old.strip() in path.read_bytes() for path in ring.folder.rglob("*") if path.is_file())
        assert ("subjects-2026", "destroyed") in ring.listed()
        assert ("subjects-2027", "in use") in ring.listed()

    def test_an_open_ring_learns_what_another_process_destroyed(self, ring: KeyRing) -> None:
        ring.pseudonym("replay", WHO)
        KeyRing.open(ring.folder).destroy("replay", now=NOW)
        with pytest.raises(KeyDestroyed):
            ring.pseudonym("replay", WHO)

    def test_a_key_that_never_was_can_be_ruled_out(self, ring: KeyRing) -> None:
        assert not ring.destroy("subjects", 2020, now=NOW)
        with pytest.raises(KeyDestroyed):
            ring.pseudonym("subjects", WHO, 2020)


class TestSigning:
    def test_signatures_hold_for_their_content_alone(self, ring: KeyRing) -> None:
        signature = ring.sign(b"content")
        assert ring.verify(ring.signing_key_id, b"content", signature)
        assert not ring.verify(ring.signing_key_id, b"other", signature)
        assert not ring.verify("0" * 16, b"content", signature)

    def test_rotation(self, ring: KeyRing) -> None:
        first, signature = ring.signing_key_id, ring.sign(b"content")
        second = ring.rotate(NOW)
        third = ring.rotate(NOW)
        again = KeyRing.open(ring.folder)
        assert len({first, second, third}) == 3
        assert again.signing_key_id == third
        assert again.verify(first, b"content", signature)
        assert again.verify(third, b"content", again.sign(b"content"))
        assert again.endorsed()
        assert [path.stem for path in (ring.folder / "signing").iterdir()] == [third]

    def test_a_key_put_in_by_hand_is_not_endorsed(self, ring: KeyRing, tmp_path: Path) -> None:
        other = KeyRing.create(tmp_path / "other")
        ring.rotate(NOW)
        stranger = base64.b64encode(other.public_key.public_bytes_raw())
        (ring.folder / "public" / f"{ring.signing_key_id}.pub").write_bytes(stranger)
        assert not KeyRing.open(ring.folder).endorsed()


class TestFiles:
    def test_everything_secret_is_the_owners_alone(self, ring: KeyRing) -> None:
        ring.secret(Purpose.TOKENS)
        secrets = [*(ring.folder / "secrets").iterdir(), *(ring.folder / "signing").iterdir()]
        assert len(secrets) == 2
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
        assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700

    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
    def test_keys_that_others_can_read_are_refused(self, ring: KeyRing, mode: int) -> None:
        ring.secret(Purpose.TOKENS)
        (ring.folder / "secrets" / "tokens.key").chmod(mode)
        with pytest.raises(KeyTrouble, match=r"tokens\.key is open"):
            KeyRing.open(ring.folder)

    def test_keys_are_never_overwritten(self, ring: KeyRing) -> None:
        before = ring.signing_key_id
        with pytest.raises(KeyTrouble):
            KeyRing.create(ring.folder)
        assert KeyRing.open(ring.folder).signing_key_id == before

    def test_missing_and_damaged_keys_are_named(self, ring: KeyRing, tmp_path: Path) -> None:
        with pytest.raises(KeyTrouble, match="no keys"):
            KeyRing.open(tmp_path / "nowhere")
        path = ring.folder / "signing" / f"{ring.signing_key_id}.key"
        path.write_text("c2hvcnQ=")
        with pytest.raises(KeyTrouble, match="damaged"):
            KeyRing.open(ring.folder)

    def test_two_processes_that_need_a_key_first_get_the_same(self, ring: KeyRing) -> None:
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            seen = pool.map(_pseudonym, [ring.folder] * 8)
        assert len(set(seen)) == 1

    def test_a_draft_that_gets_its_name_meanwhile_is_no_trouble(
        self, ring: KeyRing, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        draft = ring.folder / "secrets" / ".replay.key.0123456789abcdef"
        draft.parent.mkdir(exist_ok=True)
        draft.touch(mode=0o600)
        listed = Path.glob

        def glob(path: Path, pattern: str) -> list[Path]:
            found = list(listed(path, pattern))
            if draft in found:
                draft.unlink()
            return found

        monkeypatch.setattr(Path, "glob", glob)
        KeyRing.open(ring.folder)
        assert not draft.exists()


def _pseudonym(folder: Path) -> str:
    return KeyRing.open(folder).pseudonym("replay", WHO)
