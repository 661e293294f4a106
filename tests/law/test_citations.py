"""Citations as notices write them are read, printed and checked."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zusage.law.citations import Citation, CitationError, exists, find_all, parse, parse_id
from zusage.law.laws import laws
from zusage.text import Language

VARIANTS = [
    (
        line.split(" | ", 1)[1].replace("\\u00a0", "\u00a0").replace("\\n", "\n"),
        line.split(" | ", 1)[0].split(),
    )
    for line in Path(__file__).with_name("citations.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


def ids(text: str) -> list[str]:
    return [found.citation.id for found in find_all(text)]


def quotes(text: str) -> list[tuple[str, str]]:
    return [(found.citation.id, text[found.start : found.end]) for found in find_all(text)]


@pytest.mark.parametrize(
    ("text", "expected"), VARIANTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_variants(text: str, expected: list[str]) -> None:
    assert ids(text) == expected
    # the same in the middle of a sentence, at the end of one, in brackets and on the next line
    for sentence in (
        f"Das geschieht nach {text}, soweit nötig.",
        f"Grundlage: {text}.",
        f"({text})",
        f"Text\n{text}\nText",
    ):
        assert ids(sentence) == expected, sentence


def test_the_quotation_is_the_citation_and_no_more() -> None:
    text = "Grundlage ist Art. 6 Abs. 1 S. 1 lit. f. DSGVO. Wir nutzen (vgl. Art. 28 DSGVO) einen Dienst, § 25 Abs. 1 TDDDG."
    assert quotes(text) == [
        ("gdpr:6(1)(f)", "Art. 6 Abs. 1 S. 1 lit. f. DSGVO"),
        ("gdpr:28", "Art. 28 DSGVO"),
        ("tdddg:25(1)", "§ 25 Abs. 1 TDDDG"),
    ]
    assert quotes("Bundesdatenschutzgesetz (BDSG-neu)") == [("bdsg", "Bundesdatenschutzgesetz (BDSG-neu)")]
    assert quotes("(Art. 6 Abs. 1 lit. f)") == [("gdpr:6(1)(f)", "Art. 6 Abs. 1 lit. f")]


def test_quotations_of_a_text_with_entities_and_soft_hyphens_are_its_own() -> None:
    text = "nach Art.&nbsp;6 Abs.&nbsp;1 lit.&nbsp;b DS\u00adGVO und &sect;&nbsp;25 Abs. 1 TDDDG"
    assert quotes(text) == [
        ("gdpr:6(1)(b)", "Art.&nbsp;6 Abs.&nbsp;1 lit.&nbsp;b DS\u00adGVO"),
        ("tdddg:25(1)", "&sect;&nbsp;25 Abs. 1 TDDDG"),
    ]


def test_members_of_a_list_have_places_of_their_own() -> None:
    assert quotes("Art. 6 Abs. 1 lit. a, b und f DSGVO") == [
        ("gdpr:6(1)(a)", "Art. 6 Abs. 1 lit. a"),
        ("gdpr:6(1)(b)", "b"),
        ("gdpr:6(1)(f)", "f DSGVO"),
    ]
    assert {quote for _, quote in quotes("Art. 12 bis 14 DSGVO")} == {"Art. 12 bis 14 DSGVO"}


@pytest.mark.parametrize(
    "text",
    [
        "§ 3 unserer Nutzungsbedingungen", "Artikel 5 des Vertrags", "Article 29 Working Party",
        "Artikel-29-Datenschutzgruppe",
        "Section 4 of this policy", "die Art der Daten", "Art. 5 XyzVO", "Art and 3 designers", "DSGVO-konform",
        "in § 7, 3 Jahre",
        "AO", "OR", "Haus-OR 5", "(1) Die Daten", "6 Abs. 1", "lit. f", "AGG-Verfahren", "SAGG 5", "",
    ],
)  # fmt: skip
def test_what_cites_nothing(text: str) -> None:
    assert ids(text) == []


def test_an_article_without_law_is_what_the_caller_says() -> None:
    assert [found.citation.id for found in find_all("Art. 15", law=None)] == []
    assert [found.citation.id for found in find_all("Art. 15", law="ukgdpr")] == ["ukgdpr:15"]
    assert ids("Art. 6 Abs. 1 lit. c i. V. m. § 25 Abs. 2 TDDDG")[0] == "gdpr:6(1)(c)"


def test_sentence_and_open_end_are_kept_beside_the_id() -> None:
    assert parse("§ 26 Abs. 1 S. 2 BDSG").sentence == 2
    assert parse("Art. 15 ff. DSGVO").open
    assert parse("Art. 15 ff. DSGVO") == parse("Art. 15 DSGVO")
    assert not parse("Art. 15 DSGVO").open


def test_parse_wants_exactly_one() -> None:
    assert parse("Artikel 6 Absatz 1 Buchstabe f) DS-GVO").id == "gdpr:6(1)(f)"
    with pytest.raises(CitationError, match="no citation"):
        parse("nichts")
    with pytest.raises(CitationError, match="2 citations"):
        parse("Art. 6 und 7 DSGVO")


class TestIds:
    @pytest.mark.parametrize(
        "text",
        [
            "gdpr:6(1)(f)",
            "tdddg:25(2)(2)",
            "hgb:257(1)(4)",
            "ao:147(1)(4a)",
            "arbgg:61b(1)",
            "bdsg",
            "gdpr:6(f)",
        ],
    )
    def test_round_trip(self, text: str) -> None:
        assert parse_id(text).id == text
        assert str(Citation.parse_id(text)) == text

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "gdpr:",
            "gdpr:6(1",
            "gdpr:(1)",
            "GDPR:6",
            "gdpr 6",
            "gdpr:6(1)(F)",
            "gdpr:6()",
            "gdpr:6(1)\n",
            "Art. 6 DSGVO",
        ],
    )
    def test_what_is_none(self, text: str) -> None:
        with pytest.raises(CitationError, match="no citation"):
            parse_id(text)

    def test_an_unknown_law_is_named(self) -> None:
        with pytest.raises(CitationError, match="'gdrp'") as refused:
            parse_id("gdrp:6")
        assert "gdpr" in (refused.value.hint or "")

    def test_parts_by_name(self) -> None:
        cited = parse_id("bdsg:22(1)(1)(b)")
        assert (cited.paragraph, cited.number, cited.letter) == ("1", "1", "b")
        definition = parse_id("gdpr:4(7)")
        assert (definition.paragraph, definition.number) == (None, "7")

    def test_lying_within(self) -> None:
        point = parse_id("gdpr:6(1)(f)")
        assert point.within(parse_id("gdpr:6(1)"))
        assert point.within(parse_id("gdpr:6"))
        assert point.within(parse_id("gdpr"))
        assert not point.within(parse_id("gdpr:6(2)"))
        assert not parse_id("gdpr:6").within(point)
        assert not parse_id("gdpr:61").within(parse_id("gdpr:6"))


@pytest.mark.parametrize(
    ("cited", "german", "english"),
    [
        ("gdpr:6(1)(f)", "Art. 6 Abs. 1 lit. f DSGVO", "Art. 6(1)(f) GDPR"),
        ("gdpr:4(7)", "Art. 4 Nr. 7 DSGVO", "Art. 4 No. 7 GDPR"),
        ("tdddg:25(2)(2)", "§ 25 Abs. 2 Nr. 2 TDDDG", "§ 25(2) No. 2 TDDDG"),
        ("bdsg:22(1)(1)(b)", "§ 22 Abs. 1 Nr. 1 lit. b BDSG", "§ 22(1) No. 1(b) BDSG"),
        ("arbgg:61b(1)", "§ 61b Abs. 1 ArbGG", "§ 61b(1) ArbGG"),
        ("bdsg", "BDSG", "BDSG"),
        ("gdpr", "DSGVO", "GDPR"),
    ],
)
def test_printed(cited: str, german: str, english: str) -> None:
    assert parse_id(cited).text("de") == german
    assert parse_id(cited).text("en") == english


_letters = st.sampled_from("abcdefgh")
_levels = st.one_of(
    st.just(()),
    st.tuples(st.integers(1, 12).map(str)),
    st.tuples(st.integers(1, 12).map(str), _letters),
    st.tuples(st.integers(1, 12).map(str), st.integers(1, 12).map(str)),
    st.tuples(st.integers(1, 12).map(str), st.integers(1, 12).map(str), _letters),
)
_sections = st.builds(
    lambda number, letter: f"{number}{letter}", st.integers(1, 999), st.sampled_from(["", "", "a", "b", "c"])
)
#: laws that share their short name with another are told apart by their unit only
_told_apart = sorted(set(laws()) - {"at-dsg", "at-ustg", "ch-gwg", "ch-or"})


@given(
    st.sampled_from(_told_apart),
    _sections,
    _levels,
    st.sampled_from(["de", "en"]),
    st.sampled_from([None, 1, 2]),
)
def test_printed_and_read_is_the_same(
    law: str, section: str, levels: tuple[str, ...], language: Language, sentence: int | None
) -> None:
    cited = Citation(law, section, levels, sentence)
    again = parse(f"Siehe {cited.text(language)}.")
    assert again == cited
    assert again.sentence == sentence


class TestExistence:
    @pytest.mark.parametrize(
        ("cited", "reason"),
        [
            ("gdpr:107", "endet mit Art. 99"),
            ("gdpr:6(f)", "fehlt der Absatz"),
            ("gdpr:6(1)(g)", "endet mit Buchstabe f"),
            ("gdpr:6(5)", "endet mit Absatz 4"),
            ("gdpr:6(2)(a)", "keine Aufzählung"),
            ("gdpr:4(27)", "endet mit Nummer 26"),
            ("gdpr:10(2)", "endet mit Absatz 1"),
            ("gdpr:6a", "gibt es nicht"),
            ("gdpr:0", "gibt es nicht"),
            ("bdsg:120", "endet mit § 86"),
            ("tdddg:25(3)", "endet mit Absatz 2"),
            ("tdddg:25(2)(3)", "endet mit Nummer 2"),
            ("tmg:90", "endet mit § 16"),
        ],
    )
    def test_what_is_not_there(self, cited: str, reason: str) -> None:
        answer = exists(parse_id(cited))
        assert not answer
        assert answer.reason is not None
        assert reason in answer.reason.de
        assert answer.reason.en

    @pytest.mark.parametrize(
        "cited",
        [
            "gdpr:6(1)(f)", "gdpr:9(2)(j)", "gdpr:13(2)(f)", "gdpr:14(2)(g)", "gdpr:4(7)", "gdpr:30(1)(g)",
            "gdpr:58(2)(j)",
            "gdpr:50(d)", "gdpr:99(2)", "gdpr:10(1)", "gdpr", "bdsg:26(8)", "tdddg:25(2)(2)", "hgb:257(1)(4)",
            "ao:147(1)(4a)",
            "bgb:630f(3)", "arbgg:61b(1)", "egbgb:95",
        ],
    )  # fmt: skip
    def test_what_is_there(self, cited: str) -> None:
        assert exists(parse_id(cited))

    def test_articles_and_sections_are_not_confused(self) -> None:
        wrong = exists(parse("Art. 26 BDSG"))
        assert wrong.reason is not None
        assert "Paragrafen, keine Artikel" in wrong.reason.de
        assert not exists(parse("§ 6 DSGVO"))
        assert exists(parse("§ 26 BDSG"))

    def test_the_outdated_law_under_its_new_name(self) -> None:
        assert parse("§ 25 Abs. 1 TTDSG").current.id == "tdddg:25(1)"
        assert parse("§ 15 TMG").current.id == "tmg:15"

    def test_grounds_without_a_point_say_too_little(self) -> None:
        assert parse("Art. 6 DSGVO").is_vague
        assert parse("Art. 6 Abs. 1 DSGVO").is_vague
        assert not parse("Art. 6 Abs. 1 lit. f DSGVO").is_vague
        assert not parse("Art. 28 DSGVO").is_vague


PIECES = st.sampled_from(
    ["Art. ", "§ ", "§§ ", "6", "15", " Abs. ", "1", " lit. ", "a", ", ", " und ", "f", ")", "(", " DSGVO",
     " BDSG", " I ", "ff.", " bis ", "-",
     " i.V.m. ", "point (a) of ", "Article ", "\u00a0", "\u00ad", "\n", " ", ".", " S. 1", "Nr. 2", "&sect;",
     "Satz", "TTDSG/TDDDG"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_whatever_is_written_the_places_are_in_order_and_inside(text: str) -> None:
    found = find_all(text)
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert [item.start for item in found] == sorted(item.start for item in found)


@pytest.mark.parametrize(
    "piece",
    ["Art. 6 ", "Art. 6 Abs. 1, ", "§", "(", "points a ", " ", ", 1", "und a ", "Art. 6" + 60 * " ", "lit. ",
     "1 bis ", "Abs. 1 und ",
     "i.V.m. ", "&sect; 1 ", "DSGVO/", "Regulation ", "Art. 6 Abs. 1 lit. a und a ", "\u00ad"],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    """Ten times the text may take thirty times as long at most, and never more than seconds."""

    def seconds(length: int) -> float:
        text = "Art. 6 Abs. 1 lit. a" + piece * (length // len(piece))
        best = 9.0
        for _ in range(3):
            before = time.process_time()
            find_all(text)
            best = min(best, time.process_time() - before)
        return best

    find_all(piece)
    assert seconds(30_000) < max(30 * seconds(3_000), 0.3)
