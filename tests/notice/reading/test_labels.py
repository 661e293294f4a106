"""Data and purposes behind labels, in lists by legal bases, and behind the names of recipients."""

from __future__ import annotations

import pytest

from zusage.notice.reading import document_of, read_facts


def values(text: str, kind: str) -> list[str]:
    return [fact.value for fact in read_facts(document_of(text)) if fact.type == kind]


@pytest.mark.parametrize(
    ("text", "purposes"),
    [
        (
            "Datenschutz\n\n3.1 Ruderkurse\n\nDaten: Name, Bootsklasse.\n\nZweck(e): Kurse, Meldewesen gegenüber dem Ruderverband (RVX), Bereitstellung der Boote.\n\nWir verarbeiten Ihre Daten sorgfältig.",
            ["Kurse", "Meldewesen gegenüber dem Ruderverband (RVX)", "Bereitstellung der Boote"],
        ),
        (
            "Privacy\n\nWhy we use your data\n\nWe use your personal data for the following purposes:\n- Safety: To protect your boat from theft or to inform you about storms.\n",
            ["Safety", "protect your boat from theft", "inform you about storms"],
        ),
        (
            "Privacy\n\nLawful basis\n- Legitimate interests (improving our moorings, preventing abuse)\n- Consent: you can take it back at any time.\n",
            ["improving our moorings", "preventing abuse"],
        ),
        (
            "Privacy\n\nYour rights\n\nYou have the right to:\n- Request erasure of your data\n- Access the data we hold\n",
            [],
        ),
        (
            "Datenschutz\n\nEmpfänger\n- Ankerwerk GmbH: Zustellung von Hafenplänen\n",
            ["Zustellung von Hafenplänen"],
        ),
        ("Datenschutz\n\nEmpfänger\n\nWir geben keine Daten zu Werbezwecken weiter.\n", []),
    ],
)
def test_purposes(text: str, purposes: list[str]) -> None:
    assert values(text, "purpose") == purposes


@pytest.mark.parametrize(
    ("text", "categories"),
    [
        (
            "Datenschutz\n\nWelche Daten wir verarbeiten\n- Standortdaten zur Erstellung von Törnplänen\n- Speicherung der Bootsnummer; kein Bewegungsprofil\n\nRechtsgrundlage: Art. 6 Abs. 1 lit. f DSGVO (berechtigtes Interesse: Sicherheit); lit. a.",
            ["Standortdaten", "Bootsnummer"],
        ),
        (
            "Privacy\n\nWhat data we collect\n- Order information: name, boat make and model\n- Boat photos: images of your boat submitted to verify its size\n- Payment information: processed by our bank\n",
            [
                "Order information",
                "name",
                "boat make and model",
                "Boat photos",
                "images of your boat",
                "Payment information",
            ],
        ),
        (
            "Privacy\n\nSharing\n\nWe may share your information with the following bodies:\n- Suppliers: harbours, sailmakers\n",
            [],
        ),
        (
            "Datenschutz\n\nMitglieder\n\nWir verarbeiten Daten unserer Mitglieder. Dabei handelt es sich insbesondere um:\n- Anschrift\n- Bootsführerschein\n",
            ["Anschrift", "Bootsführerschein"],
        ),
    ],
)
def test_data(text: str, categories: list[str]) -> None:
    assert values(text, "data_category") == categories
