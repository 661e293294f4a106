"""The documentation as a contract: `python -m tools.check_docs`, with `--write` for its generated parts.

- every command and option of the command line says what it does;
- every link inside the repository leads somewhere;
- files that are generated (listed in `GENERATED`) are what their source gives today.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tools import command_reference, law_reference, model_reference

ROOT = Path(__file__).resolve().parents[1]
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
#: File below docs/ → what writes it. A room that has generated documentation adds its line here.
GENERATED: dict[str, Callable[[], str]] = {
    "commands.md": command_reference.reference,
    "declaration-reference.md": model_reference.declaration,
    "law-reference.md": law_reference.reference,
    "stores-reference.md": model_reference.stores,
}


def pages() -> list[Path]:
    """All documentation that people read."""
    return [
        *sorted(ROOT.glob("*.md")),
        *sorted(ROOT.glob("client/*.md")),
        *sorted((ROOT / "docs").rglob("*.md")),
    ]


def dead_links() -> Iterator[str]:
    """Links to files of the repository that are not there."""
    for page in pages():
        for match in _LINK.finditer(page.read_text(encoding="utf-8")):
            target = match[1]
            if (
                "://" not in target
                and not target.startswith("mailto:")
                and not (page.parent / target).exists()
            ):
                yield f"{page.relative_to(ROOT)}: the link to {target} leads nowhere"


def stale(write: bool) -> Iterator[str]:
    """Generated pages that are not what their source gives; with `write` they are brought up to date."""
    for name, generate in GENERATED.items():
        path, now = ROOT / "docs" / name, generate()
        if write:
            path.write_text(now, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != now:
            yield f"docs/{name} is out of date; run `make docs`"


def main() -> int:
    """Checks, prints what is wrong; exit code 1 if anything is."""
    parser = argparse.ArgumentParser(description="The documentation as a contract.")
    parser.add_argument("--write", action="store_true", help="write the generated pages")
    wrong = [*stale(parser.parse_args().write), *dead_links(), *command_reference.undocumented()]
    print("\n".join(wrong) if wrong else "documentation: ok")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
