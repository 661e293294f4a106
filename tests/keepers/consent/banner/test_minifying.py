"""Small files that do the same."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from zusage.keepers.consent.banner import minifying


def test_names_get_short_and_text_stays() -> None:
    source = (
        "// said\nconst longName = (first, second) => ({ first: first + '  //no', kept: second.first });\n"
        "const x = longName(1, /[/*]b/);"
    )
    assert minifying.script(source) == 'const t=(e,n)=>({first:e+"  //no",kept:n.first}),x=t(1,/[/*]b/);'


def test_styles_lose_blanks_only() -> None:
    assert (
        minifying.style("a > b { content: ' · ' ;\n color : red; }  /* x */\n c{}")
        == "a>b{content: ' · ';color : red}c{}"
    )


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_a_minified_script_computes_the_same() -> None:
    source = """
    const numbers = [1, 2, 3], state = { total: 0, list: [[], [],] };
    for (const number of numbers) { state.total += number > 1 ? number : 0; }
    const describe = (value, all) => value + all.length; let later;
    later = () => { try { return describe('x', numbers) } catch { return 0 } };
    console.log(state.total, later(), /a\\/b[/]/.test('a/b/'),
      [...numbers].map(number => number * 2).join());
    """
    made = minifying.script(source)
    run = [
        subprocess.run(["node", "-e", text], capture_output=True, check=True).stdout
        for text in (source, made)
    ]
    assert run[0] == run[1]
    assert len(made) < len(source) * 0.8
