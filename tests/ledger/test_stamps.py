"""Time stamps by an authority of our own, made with openssl."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from sqlalchemy import update

from tests.ledger.conftest import Book
from tests.support.needs import program
from zusage.ledger.sealing import BATCHES
from zusage.ledger.stamps import BadStamp, stamp_newest, verify_stamp, write_stamp

_CONFIG = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ordering = yes
ess_cert_id_alg = sha256
"""
_EXTENSIONS = """
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
"""


class Authority:
    """A time-stamp authority: a root, a stamping certificate, and `openssl ts -reply`."""

    def __init__(self, folder: Path) -> None:
        self.openssl = str(program("openssl", package="openssl"))
        self.folder = folder
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        (folder / "ext").write_text(_EXTENSIONS)
        key = ["-newkey", "rsa:2048", "-nodes", "-keyout"]
        self.run("req", "-x509", *key, "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Root",
                 "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")  # fmt: skip
        self.run("req", *key, "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps")
        self.run("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                 "tsa.pem", "-days", "2", "-extfile", "ext")  # fmt: skip

    def run(self, *arguments: str) -> None:
        subprocess.run([self.openssl, *arguments], cwd=self.folder, check=True, capture_output=True)

    def answer(self, request: bytes) -> bytes:
        """What a caller would get over HTTP."""
        (self.folder / "query").write_bytes(request)
        self.run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    @property
    def root(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate((self.folder / "ca.pem").read_bytes())


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


def test_a_checkpoint_is_stamped_once_and_verified(
    sqlite_book: Book, authority: Authority, tmp_path: Path
) -> None:
    assert stamp_newest(sqlite_book.engine, authority.answer) is None
    sqlite_book.fill(3, 2)
    assert stamp_newest(sqlite_book.engine, authority.answer) == 2
    assert stamp_newest(sqlite_book.engine, _unused) is None
    with sqlite_book.engine.connect() as connection:
        stamp = verify_stamp(connection, 2, [authority.root])
        note, answer = write_stamp(connection, 2, tmp_path)
        with pytest.raises(BadStamp, match="no time stamp"):
            verify_stamp(connection, 1, [authority.root])
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=5)
    authority.run("ts", "-verify", "-data", str(note), "-in", str(answer), "-CAfile", "ca.pem")


def _unused(request: bytes) -> bytes:
    raise AssertionError("the checkpoint is stamped already")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda values: {"note": values["note"].replace("batch 1", "batch 2")},
        lambda values: {"stamp": b"no answer at all"},
    ],
)
def test_a_stamp_holds_for_its_checkpoint_alone(
    sqlite_book: Book, authority: Authority, spoil: Callable[[dict[str, str]], dict[str, object]]
) -> None:
    sqlite_book.fill(3)
    stamp_newest(sqlite_book.engine, authority.answer)
    with sqlite_book.engine.begin() as connection:
        assert verify_stamp(connection, 1, [authority.root]).batch == 1
        row = connection.execute(BATCHES.select()).one()
        connection.execute(update(BATCHES).values(**spoil(dict(row._mapping))))
        with pytest.raises(BadStamp):
            verify_stamp(connection, 1, [authority.root])


def test_an_authority_that_fails_costs_nothing(sqlite_book: Book) -> None:
    sqlite_book.fill(3)

    def away(request: bytes) -> bytes:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        stamp_newest(sqlite_book.engine, away)
    with sqlite_book.engine.connect() as connection, pytest.raises(BadStamp, match="no time stamp"):
        verify_stamp(connection, 1, [])


def test_an_answer_is_kept_even_if_it_cannot_be_read(sqlite_book: Book, tmp_path: Path) -> None:
    sqlite_book.fill(3)
    stamp_newest(sqlite_book.engine, lambda request: b"odd bytes")
    with sqlite_book.engine.connect() as connection:
        _, answer = write_stamp(connection, 1, tmp_path)
    assert answer.read_bytes() == b"odd bytes"
