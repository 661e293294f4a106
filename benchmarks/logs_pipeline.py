"""`python -m benchmarks.logs_pipeline [--megabytes N] [--json]`: truncation, two statistics and sealing in one pass.

Of more than a gigabyte, rival and limits are measured on the beginning, and ratios are of bytes a second.

Bars: at least 10 × what anonip needs for truncation alone, at least 0.4 × `zstd -1` alone, at most 450 MB; sealing alone
at least 0.9 × `zstd -1`; expiry of everything under a second. `--networks` also counts the networks behind each cell.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from benchmarks._logs import Run, anonip, beginning, heading, measure, row, write_lines
from zusage.founding import create_workspace
from zusage.keepers.logs.vault import open_vault
from zusage.sealing.keyholders import NewHolder, add
from zusage.sealing.segments import BLOCK, Head, SegmentWriter
from zusage.sealing.shares import new_identity
from zusage.workspace import open_workspace

DECLARATION = """
zusage: 1
as_of: 2026-01-01
controller: {name: Beispiel Werbenetz GmbH, email: privacy@werbenetz.example}
activities:
  server-logs:
    title: Access logs
    purposes: [{id: statistics, text: Statistics}]
    subjects: [visitors]
    data: [{id: lines, text: access lines}]
    retention: [{id: lines, from: {event: recorded, start: end_of_month}, keep: P3M, then: erase}]
    logs:
      format: FORMAT
      parameters: [banner, zone]
      dimensions: [path]
      statistics: {ads: {dimensions: [path, "parameter:banner", "parameter:zone"], requires: [banner]}}
      opened_by: [management, dpo]
      suppress_below: SMALL
      uses: {statistics: statistics}
"""
KEYS = (
    "{time: time, ip: address, request: request, status: status, size: bytes, referrer: referrer, ua: agent}"
)
TAKE_IN = """
import os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from zusage.keepers.logs.intake import take_in
from zusage.keepers.logs.vault import open_vault
from zusage.workspace import open_workspace
vault = open_vault(open_workspace(Path(sys.argv[1])).context)
import duckdb, pyrage, zstandard
cpu, start = time.process_time(), time.perf_counter()
taken = take_in(vault, datetime(2026, 5, 1, tzinfo=UTC))
took = time.perf_counter() - start
Path(sys.argv[1], "took").write_text(f"{took} {time.process_time() - cpu} {taken.lines} {taken.counted} {taken.segments}")
"""


def workspace(folder: Path, log: Path, *, as_json: bool, networks: bool) -> None:
    """A workspace whose only log is `log`."""
    words = f"json\n      keys: {KEYS}" if as_json else "combined"
    create_workspace(folder, DECLARATION.replace("FORMAT", words).replace("SMALL", "5" if networks else "1"))
    (folder / "logs.yaml").write_text(
        f"activities:\n  server-logs: {{sources: [{{path: {log}, customer: own}}], vault: vault, key_store: keystore}}\n"
    )
    vault = open_vault(open_workspace(folder).context)
    for role in ("management", "dpo"):
        add(vault, NewHolder(role, f"person of {role}", new_identity()[1]), datetime(2026, 1, 1, tzinfo=UTC))


def whole_job(folder: Path) -> tuple[Run, Run, str]:
    """(taking in alone, the whole process with its start, what was taken in)."""
    process = measure([sys.executable, "-c", TAKE_IN, str(folder)])
    took, cpu, lines, counted, segments = (folder / "took").read_text().split()
    said = f"{int(lines):,} lines, {int(counted):,} counted, {segments} segments"
    return Run(float(took), float(cpu), process.megabytes), process, said


def compress_only(log: Path) -> Run:
    """`zstd -1` with the same library, one thread, one stream, to nowhere."""
    compressor = zstandard.ZstdCompressor(level=1).compressobj()
    cpu, start = time.process_time(), time.perf_counter()
    with log.open("rb", buffering=0) as file, Path(os.devnull).open("wb") as out:
        while block := file.read(BLOCK):
            out.write(compressor.compress(block))
        out.write(compressor.flush())
    return Run(time.perf_counter() - start, time.process_time() - cpu, 0)


def seal_only(log: Path, folder: Path) -> Run:
    """One segment of everything, synced."""
    path = folder / "alone.seg"
    writer = SegmentWriter(path, Head(secrets.token_hex(16), (), 0), secrets.token_bytes(32))
    cpu, start = time.process_time(), time.perf_counter()
    with log.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            writer.write(block)
    writer.close()
    path.unlink()
    return Run(time.perf_counter() - start, time.process_time() - cpu, 0)


def expiry(folder: Path) -> float:
    """Seconds that removing everything takes, start of the program not counted."""
    code = (
        "import sys,time; from pathlib import Path; from datetime import UTC, datetime\n"
        "from zusage.keepers.logs.keeper import expire; from zusage.keepers.logs.vault import open_vault\n"
        "from zusage.workspace import open_workspace\n"
        "vault = open_vault(open_workspace(Path(sys.argv[1])).context); start = time.perf_counter()\n"
        "list(expire(vault, datetime(2026, 9, 1, tzinfo=UTC))); print(time.perf_counter() - start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> int:
    """Prints the table; 1 if a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="JSON lines instead of combined ones")
    parser.add_argument(
        "--networks", action="store_true", help="with the lower bound of networks behind each cell"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zusage-bench-") as name:
        folder = Path(name)
        log = folder / "access.log"
        write_lines(log, asked.megabytes * 1_000_000, as_json=asked.json)
        part, size = beginning(log, 1_000_000_000), log.stat().st_size
        shorter = part.stat().st_size
        heading(size)
        rival = None if asked.json else anonip(part, 1)
        if rival:
            row("anonip 1.1, truncation alone", rival, shorter, rival)
        limit = min((compress_only(part) for _ in range(2)), key=lambda each: each.seconds)
        row("limit: zstd -1, one thread", limit, shorter, rival)
        sealed = min((seal_only(part, folder) for _ in range(2)), key=lambda each: each.seconds)
        row("sealing alone", sealed, shorter, rival)
        workspace(folder / "workspace", log, as_json=asked.json, networks=asked.networks)
        job, process, said = whole_job(folder / "workspace")
        row("truncation, two statistics, sealing", job, size, _scaled(rival, size / shorter))
        row("the same with the program's start", process, size, _scaled(rival, size / shorter))
        gone = expiry(folder / "workspace")
    print(f"{said}; expiry of all of them {gone:.2f} s (bar 1)")
    return _verdict(
        _scaled(rival, size / shorter),
        _scaled(limit, size / shorter),
        sealed.seconds * size / shorter,
        job,
        gone,
    )


def _scaled(run: Run | None, by: float) -> Run | None:
    return Run(run.seconds * by, run.cpu * by, run.megabytes) if run else None


def _verdict(rival: Run | None, limit: Run | None, sealed: float, job: Run, gone: float) -> int:
    """Prints the ratios of wall time and, where neighbours disturb the clock, those that CPU time allows on two cores."""
    assert limit is not None
    ratios = [limit.seconds / job.seconds / 0.4, limit.seconds / sealed / 0.9, 450 / job.megabytes, 1 / gone]
    print(
        f"whole job / zstd -1: {limit.seconds / job.seconds:.2f} (bar 0.4; by CPU time {2 * limit.cpu / job.cpu:.2f});"
        f" sealing / zstd -1: {limit.seconds / sealed:.2f} (bar 0.9); {job.megabytes:.0f} MB (bar 450)"
    )
    if rival:
        print(
            f"whole job / anonip's truncation: {rival.seconds / job.seconds:.1f} (bar 10; by CPU time"
            f" {2 * rival.cpu / job.cpu:.1f})"
        )
        ratios.append(rival.seconds / job.seconds / 10)
    return int(min(ratios) < 1)


if __name__ == "__main__":
    sys.exit(main())
