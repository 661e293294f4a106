"""The core as a user installs it – the built wheel in a fresh environment, no extras – and how it is measured."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"
#: What comes with a fresh environment and is not ours to count.
_NOT_OURS = {"pip", "setuptools", "wheel", "pkg_resources", "_distutils_hack"}


def build_wheel(target: Path) -> Path:
    """Builds the wheels of Zusage and of its client from the source tree into `target`; gives Zusage's."""
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target.absolute())]
    for source in (ROOT, ROOT / "client"):
        subprocess.run(command, cwd=source, check=True, capture_output=True)
    (wheel,) = target.glob("zusage-*.whl")
    return wheel


@dataclass(frozen=True)
class CoreInstallation:
    """An environment that holds the core and nothing else."""

    folder: Path

    @classmethod
    @cache
    def fresh(cls) -> CoreInstallation:
        """Installs the wheel, once a process; the dependencies' environment is kept from run to run as long as they stay
        the same."""
        pins = (ROOT / "constraints-core.txt").read_bytes()
        folder = BUILD / f"core-{hashlib.sha256(pins + sys.version.encode()).hexdigest()[:12]}"
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
            cls(folder).pip(
                "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / "constraints-core.txt")
            )
            (folder / "complete").touch()
        wheels = build_wheel(BUILD / "dist").parent.glob("*.whl")
        cls(folder).pip("--no-deps", "--force-reinstall", *map(str, wheels))
        return cls(folder)

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin/python")

    @property
    def zusage(self) -> str:
        """Its `zusage` command."""
        return str(self.folder / "bin/zusage")

    @property
    def site(self) -> Path:
        """Its site-packages."""
        (found,) = self.folder.glob("lib/python3.*/site-packages")
        return found

    def pip(self, *arguments: str) -> None:
        """Runs its pip."""
        command = [
            self.python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
        ]
        subprocess.run([*command, *arguments], check=True, cwd=self.folder)

    def packages(self) -> int:
        """How many packages are installed, Zusage included."""
        return sum(each.name.split("-")[0] not in _NOT_OURS for each in self.site.glob("*.dist-info"))

    def megabytes(self) -> float:
        """The sizes of their files, in MB: the same on every file system (4 KiB blocks add about a tenth)."""
        taken = 0
        for path in self.site.rglob("*"):
            top = path.relative_to(self.site).parts[0].split("-")[0].removesuffix(".py")
            if path.is_file() and not path.is_symlink() and top not in _NOT_OURS:
                taken += path.stat().st_size
        return taken / 1_000_000

    def offers(self, command: str) -> bool:
        """Whether the command line knows a command yet."""
        return (
            subprocess.run([self.zusage, command, "--help"], capture_output=True, check=False).returncode == 0
        )


def wall_seconds(command: Sequence[str], *, runs: int = 9, accept: tuple[int, ...] = (0,)) -> float:
    """The median wall time of a command; the best of three series, because other work on the machine only adds."""
    return min(_median(command, runs, accept) for _ in range(3))


def _median(command: Sequence[str], runs: int, accept: tuple[int, ...]) -> float:
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
        taken.append(time.perf_counter() - started)
        if done.returncode not in accept:
            raise RuntimeError(
                f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-2000:]}"
            )
    return statistics.median(taken)


def demo_workspace(core: CoreInstallation) -> Path:
    """The small job board, made by `zusage demo` in the build folder, with its promises unbroken or not."""
    folder = BUILD / "measured-demo"
    shutil.rmtree(folder, ignore_errors=True)
    command = [core.zusage, "demo", "jobboard", "--folder", str(folder), "--no-serve"]
    done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"zusage demo ended with {done.returncode}: {done.stderr.decode()[-2000:]}")
    (declaration, *_) = folder.rglob("declaration.yaml")
    return declaration.parent


def status_seconds(core: CoreInstallation) -> float:
    """How long `zusage status` takes on the small demo; broken promises are a result, not an error."""
    workspace = demo_workspace(core)
    return wall_seconds([core.zusage, "status", "--workspace", str(workspace)], runs=5, accept=(0, 1))


def server_figures(core: CoreInstallation) -> tuple[float, float]:
    """Seconds until `/health` answers 200, and the server's memory then, in MB (a million bytes): its proportional share
    (PSS), as the figures of others that the limit was set against were measured.

    The best of three starts, because other work on the machine only adds.
    """
    workspace = demo_workspace(core)
    starts = [_started(core, workspace) for _ in range(3)]
    return min(seconds for seconds, _ in starts), min(megabytes for _, megabytes in starts)


def _started(core: CoreInstallation, workspace: Path) -> tuple[float, float]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [core.zusage, "serve", "--workspace", str(workspace), "--port", str(port)]
    started = time.perf_counter()
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ})
    try:
        seconds = _until_healthy(f"http://127.0.0.1:{port}/health", server, started)
        lines = Path(f"/proc/{server.pid}/smaps_rollup").read_text().splitlines()
        memory = next(line for line in lines if line.startswith("Pss:"))
        return seconds, int(memory.split()[1]) * 1024 / 1_000_000
    finally:
        server.terminate()
        server.wait(timeout=10)


def _until_healthy(url: str, server: subprocess.Popen[bytes], started: float) -> float:
    while time.perf_counter() - started < 30:
        if server.poll() is not None:
            raise RuntimeError(f"zusage serve ended with {server.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                json.load(answer)
                return time.perf_counter() - started
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise RuntimeError("zusage serve did not become healthy within 30 s")
