"""Sections of the marketplace's notice: what each states and points to, whose measures and servers it names."""

from __future__ import annotations

import re

import pytest

from tests.promises.publishing import checked, edit, page, publish, refused, said_in, section, word
from tests.promises.scenario import Scenario

NOW = "2026-03-01T08:00"
_ITEMS = {
    "Kategorien personenbezogener Daten", "Zwecke der Verarbeitung", "Rechtsgrundlage", "Speicherdauer", "Empfänger",
    "Automatisierte Entscheidungen und Profiling",
}  # fmt: skip


@pytest.mark.promise("xometry-039")
def test_each_activity_has_its_eight_items_or_the_gaps_are_named(marketplace: Scenario) -> None:
    for activity in ("social-media", "analysis", "customer-portal", "applications", "talent-pool"):
        blocks = section(marketplace, NOW, activity)
        heads = [one["text"] for one in blocks if one["block"] == "heading"]
        assert set(heads) >= _ITEMS, activity
        for head, following in zip(blocks, [*blocks[1:], {"block": "heading"}], strict=True):
            assert head["block"] != "heading" or following["block"] != "heading", f"empty: {head}"
    text = marketplace.zusage(NOW, "write", "notice", "--format", "txt", "--language", "de").out
    social = text.split("Auftritte in sozialen Netzwerken\n")[-1]
    assert "Daten werden an Meta Platforms Ireland Ltd. in die Vereinigten Staaten übermittelt" in social
    assert "Sie können widersprechen:" in social
    edit(marketplace, "recipients: [{to: meta}, {to: linkedin}]", "recipients: []")
    edit(
        marketplace,
        "measures: [page-roles, supplementary-meta, supplementary-linkedin]",
        "measures: [page-roles]",
    )
    assert said_in(refused(marketplace, NOW), "declaration/recipients", "Auftritte in sozialen Netzwerken")
    path = marketplace.folder / "declaration.yaml"
    text, _, rest = path.read_text("utf-8").partition("    retention: [{id: messages,")
    path.write_text(text + rest.partition("\n")[2], "utf-8")
    found = checked(str(path), "2026-03-01")
    assert said_in(found, "declaration/recipients", "Auftritte in sozialen Netzwerken")
    assert said_in(found, "declaration/retention", "activities.social-media")
    assert marketplace.zusage(NOW, "publish", "--by", "Dora").code != 0


@pytest.mark.promise("xometry-054")
def test_what_follows_without_the_access_data_is_said(marketplace: Scenario) -> None:
    english = str(section(marketplace, NOW, "access-data", "en"))
    assert "not required by law or contract, but the site cannot be shown without these data" in english
    assert "kann die Website jedoch nicht angezeigt werden" in page(marketplace, NOW, "/notice")[1]
    told = next(
        line for line in (marketplace.folder / "declaration.yaml").read_text("utf-8").splitlines()
        if "kann die Website jedoch nicht angezeigt werden" in line
    )  # fmt: skip
    edit(marketplace, told, "    provision: {required: false, basis: none}")
    assert said_in(refused(marketplace, NOW), "declaration/consequence-unstated", "access-data")
    edit(marketplace, "    provision: {required: false, basis: none}\n", told + "\n")
    word(
        marketplace,
        "access-data",
        "Wir verarbeiten Zugriffsdaten, um die Website auszuliefern und zu schützen.",
    )
    assert said_in(
        refused(marketplace, NOW), "wording/consequence", "kann die Website jedoch nicht angezeigt werden"
    )


@pytest.mark.promise("xometry-068")
def test_each_section_on_an_interest_points_to_the_objection_and_the_contact(marketplace: Scenario) -> None:
    declared = marketplace.zusage(NOW, "write", "record", "--json").json["data"]["activities"]
    on_interest = {
        name
        for name, one in declared.items()
        for purpose in one["purposes"]
        for basis in purpose["legal_bases"]
        if basis["citation"] == "gdpr:6(1)(f)"
    }
    assert {"access-data", "enquiries", "social-media", "direct-marketing"} <= on_interest
    for activity in on_interest:
        told = str(section(marketplace, NOW, activity))
        assert "'#objection'" in told, activity
        assert "'mailto:datenschutz@spanwerk.example'" in told, activity
    word(
        marketplace,
        "enquiries",
        "Anfragen beantworten wir; Anfragende nennen Name, E-Mail-Adresse und Inhalt.",
    )
    assert said_in(refused(marketplace, NOW), "wording/link-missing", "#objection", "wording/de/enquiries.md")


@pytest.mark.promise("xometry-028")
def test_the_list_of_authorities_has_an_address(marketplace: Scenario) -> None:
    text = page(marketplace, NOW, "/notice")[1]
    assert (
        '<a href="https://www.datenschutzkonferenz-online.de/datenschutzaufsichtsbehoerden.html">'
        "Liste aller deutschen Aufsichtsbehörden" in text
    )
    word(marketplace, "complaint", "Eine Liste aller Aufsichtsbehörden finden Sie hier.")
    found = refused(marketplace, NOW)
    assert said_in(found, "wording/no-target", "complaint.md")
    assert said_in(found, "wording/link-missing", "datenschutzaufsichtsbehoerden")


@pytest.mark.promise("xometry-025")
def test_objection_and_withdrawal_stand_in_one_section_right_after_the_rights(marketplace: Scenario) -> None:
    made = marketplace.zusage(NOW, "write", "notice", "--json", "--language", "de").json["blocks"]
    heads = [one for one in made if one["block"] == "heading" and one["level"] == 2]
    about = [one["anchor"] for one in heads if re.search("Widerspruch|Widerruf", one["text"])]
    assert about == ["objection"]
    anchors = [one["anchor"] for one in heads]
    assert anchors.index("objection") == anchors.index("rights") + 1
    told = str(section(marketplace, NOW, "objection"))
    assert "jederzeit widersprechen" in told
    assert "jederzeit mit Wirkung für die Zukunft widerrufen" in told
    word(
        marketplace,
        "objection",
        "Wir geben Daten an Stripe Payments Europe Limited weiter. Zu Ihren Rechten siehe oben.",
    )
    found = refused(marketplace, NOW)
    assert said_in(found, "wording/not-apart", "Stripe")
    assert said_in(found, "wording/right-missing", "objection")
    assert said_in(found, "wording/right-missing", "withdraw_consent")


@pytest.mark.promise("xometry-037")
def test_the_privacy_settings_say_of_each_service_how_one_objects(marketplace: Scenario) -> None:
    settings = page(marketplace, NOW, "/settings")[1]
    assert (
        "Sie können widersprechen: datenschutz@spanwerk.example."
        in settings.split("Cloudflare Germany GmbH")[1]
    )
    maps = settings.split("maps.googleapis.com")[1].split("</li>")[0]
    assert "Die Einwilligung können Sie hier jederzeit widerrufen." in maps
    edit(marketplace, 'necessary: true, objection: {de: "Sie können widersprechen: datenschutz@spanwerk.example.", '
         'en: "You can object: datenschutz@spanwerk.example."}}', "necessary: true}")  # fmt: skip
    assert said_in(refused(marketplace, NOW), "declaration/service-objection", "Cloudflare")


_SECTIONS = {
    "xometry-219": ("communication", "supplementary-google, supplementary-calendly", "supplementary-microsoft, supplementary-meta",
                    ("Microsoft Ireland Operations Limited", "Meta Platforms Ireland Ltd.")),
    "xometry-243": ("customer-portal", "supplementary-aws", "supplementary-microsoft", ("Microsoft", "Kundenportal")),
    "xometry-265": ("video-calls", "supplementary-google", "supplementary-microsoft", ("Microsoft", "Videogespräche")),
}  # fmt: skip


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param("xometry-219", marks=pytest.mark.promise("xometry-219")),
        pytest.param("xometry-243", marks=pytest.mark.promise("xometry-243")),
        pytest.param("xometry-265", marks=pytest.mark.promise("xometry-265")),
    ],
)
def test_supplementary_measures_are_those_of_the_section_s_recipients(
    marketplace: Scenario, promise: str
) -> None:
    activity, own, foreign, named = _SECTIONS[promise]
    assert publish(marketplace, NOW)[0] == 0
    path = marketplace.folder / "declaration.yaml"
    before, here, after = path.read_text("utf-8").partition(f"\n  {activity}:\n")
    assert own in after
    path.write_text(before + here + after.replace(own, foreign, 1), encoding="utf-8")
    found = marketplace.zusage(NOW, "publish", "--by", "Dora", "--no-stores", "--json")
    assert found.code == 1
    for name in named:
        assert said_in(found.json, "declaration/measure-foreign", name)
    assert said_in(found.json, "declaration/supplementary-measure")
    path.write_text(before + here + after, encoding="utf-8")
    shown = str(section(marketplace, NOW, activity))
    assert "Anfechtung von Behördenzugriffen (" in shown
    # nor may a text of one's own bring in another provider
    word(marketplace, activity, "Bei Übermittlung in die USA gelten die Maßnahmen von Microsoft.")
    said = marketplace.zusage(NOW, "publish", "--by", "Dora", "--no-stores", "--json")
    assert said.code == 1
    assert said_in(said.json, "wording/foreign-name", "Microsoft", f"{activity}.md")


@pytest.mark.promise("xometry-243")
@pytest.mark.parametrize("activity", ["partner-portal", "video-calls"])
def test_no_other_portal_cites_somebody_else_s_measures(marketplace: Scenario, activity: str) -> None:
    path = marketplace.folder / "declaration.yaml"
    before, here, after = path.read_text("utf-8").partition(f"\n  {activity}:\n")
    path.write_text(
        before + here + re.sub(r"supplementary-(aws|google)", "supplementary-microsoft", after, count=1),
        "utf-8",
    )
    assert said_in(refused(marketplace, NOW), "declaration/measure-foreign", "Microsoft", activity)


@pytest.mark.promise("xometry-009")
def test_a_server_of_nobody_in_the_register_stops_the_notice(marketplace: Scenario) -> None:
    inventory = marketplace.folder / "inventory.yaml"
    listed = inventory.read_text("utf-8")
    inventory.write_text(listed.replace("servers:\n", "servers:\n  - {name: images, operator: hostb, location: FR, "
                                        "activities: [customer-portal]}\n"), "utf-8")  # fmt: skip
    assert said_in(refused(marketplace, NOW), "deployment/unregistered-operator", "hostb")
    entry = (
        "  hostb: {name: HostB SAS, role: processor, function: {de: Hosting, en: hosting}, servers_in: FR}\n"
    )
    edit(marketplace, "recipients:\n", "recipients:\n" + entry)
    edit(
        marketplace,
        "recipients: [{to: aws}, {to: stripe}",
        "recipients: [{to: aws}, {to: hostb}, {to: stripe}",
    )
    found = refused(marketplace, NOW)
    assert said_in(found, "deployment/operator-country", "HostB SAS")
    assert said_in(found, "deployment/operator-contract", "HostB SAS")
    edit(marketplace, "name: HostB SAS, role: processor,",
         'name: HostB SAS, country: FR, role: processor, contract: {kind: art-28, concluded: "2025-03-01"},')  # fmt: skip
    assert publish(marketplace, NOW)[0] == 0


_PORTALS = {"xometry-242": ("customer-portal", "customers"), "xometry-254": ("partner-portal", "partners")}


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param("xometry-242", marks=pytest.mark.promise("xometry-242")),
        pytest.param("xometry-254", marks=pytest.mark.promise("xometry-254")),
    ],
)
def test_where_the_servers_stand_is_what_the_inventory_says(marketplace: Scenario, promise: str) -> None:
    activity, server = _PORTALS[promise]
    shown = str(section(marketplace, NOW, activity))
    assert "Amazon Web Services EMEA SARL, Luxemburg (Auftragsverarbeiter; Server: EU)" in shown
    if activity == "customer-portal":
        assert re.search(r"Stripe Payments Europe Limited, Irland \([^)]*Server: USA\)", shown)
    word(marketplace, activity, "Die Server von Amazon Web Services EMEA SARL stehen in den USA.")
    assert said_in(refused(marketplace, NOW), "wording/location", "Server: EU", f"{activity}.md")
    (marketplace.folder / f"wording/de/{activity}.md").unlink()
    inventory = marketplace.folder / "inventory.yaml"
    moved = inventory.read_text("utf-8").replace(f"portal-{server}, operator: aws, location: DE",
                                                 f"portal-{server}, operator: aws, location: US")  # fmt: skip
    inventory.write_text(moved, "utf-8")
    assert said_in(refused(marketplace, NOW), "deployment/location", "Amazon", "US")
    inventory.write_text(
                         moved.replace(f"portal-{server}, operator: aws, location: US",
                                       f"portal-{server}, operator: aws, location: DE"), "utf-8")  # fmt: skip
    edit(marketplace, "servers_in: EU, function: {de: Hosting", "servers_in: US, function: {de: Hosting")
    assert said_in(refused(marketplace, NOW), "deployment/location", "Amazon", "DE", "US")


@pytest.mark.promise("xometry-237")
def test_a_field_under_contract_is_asked_what_it_is_for(marketplace: Scenario) -> None:
    assert "basis" not in str(marketplace.zusage(NOW, "publish", "--check", "--no-stores", "--json").json)
    field = "      - {id: job-title, text: {de: Berufsbezeichnung, en: job title}%s}\n"
    edit(
        marketplace,
        '      - {id: orders, text: {de: "Bestellungen',
        field % "" + '      - {id: orders, text: {de: "Bestellungen',
    )
    assert said_in(refused(marketplace, NOW), "declaration/need", "Berufsbezeichnung")
    edit(marketplace, field % "", field % ', legal_basis: "gdpr:6(1)(a)"')
    assert publish(marketplace, NOW)[0] == 0
    shown = str(section(marketplace, NOW, "customer-portal"))
    assert "Berufsbezeichnung: Art. 6 Abs. 1 lit. a DSGVO" in shown
    archive = str(section(marketplace, NOW, "archive"))
    assert "Art. 6 Abs. 1 lit. c DSGVO" in archive


@pytest.mark.promise("xometry-302")
def test_each_page_in_a_network_is_registered_with_its_arrangement(marketplace: Scenario) -> None:
    shown = str(section(marketplace, NOW, "presences"))
    for said in (
        "Facebook",
        "Meta Platforms Ireland Ltd.",
        "Vereinbarung nach Art. 26 DSGVO vom 12. Februar 2025",
        "LinkedIn",
    ):
        assert said in shown, said
    entry = next(line for line in (marketplace.folder / "declaration.yaml").read_text("utf-8").splitlines()
                 if line.startswith("    facebook: {network: Facebook"))  # fmt: skip
    edit(marketplace, entry + "\n", "")
    assert said_in(refused(marketplace, NOW), "deployment/unregistered-page", "Facebook")
    edit(
        marketplace, "  presences:\n", "  presences:\n" + entry.replace(', arranged: "2025-02-12"', "") + "\n"
    )
    assert said_in(refused(marketplace, NOW), "declaration/arrangement", "Meta Platforms Ireland Ltd.")
    edit(marketplace, entry.replace(', arranged: "2025-02-12"', ""), entry)
    assert publish(marketplace, NOW)[0] == 0
    # followers do not get into the customer register
    copied = marketplace.zusage(
        NOW, "disclose", "hr-software", "--activity", "social-media", "--check", "--json"
    )
    assert copied.code == 1
    assert next(one["code"] for one in copied.json["obstacles"]) == "not-for-this-activity"


@pytest.mark.promise("xometry-313")
def test_advertising_with_profiles_of_interests_needs_consent(marketplace: Scenario) -> None:
    assert "Öffentlichkeitsarbeit" in str(section(marketplace, NOW, "social-media"))
    campaign = (
        "purposes: [{id: campaign, text: {de: Kampagne mit Interessenprofilen, en: campaign with interest profiles}, "
        'direct_marketing: true, by_profile: true, legal_bases: [{citation: "gdpr:6(1)(f)", interest: {de: Werbung, en: '
        'advertising}, balanced: "2026-01-15", balancing: {de: abgewogen, en: balanced}}]}, {id: pages,'
    )
    edit(marketplace, "purposes: [{id: pages,", campaign)
    assert said_in(
        refused(marketplace, NOW), "declaration/profile-marketing-basis", "Kampagne mit Interessenprofilen"
    )
    edit(marketplace, campaign.split("legal_bases: ")[1].split("}, {id: pages")[0],
         '[{citation: "gdpr:6(1)(a)", consent: marketing}]')  # fmt: skip
    assert publish(marketplace, NOW)[0] == 0


@pytest.mark.promise("xometry-014")
def test_an_activity_that_no_section_describes_stops_the_notice(marketplace: Scenario) -> None:
    bare = "activities:\n  supplier-rating:\n    title: {de: Lieferantenbewertung, en: supplier rating}\n"
    bare += "    subjects: [{de: Geschäftskontakte, en: business contacts}]\n"
    edit(marketplace, "activities:\n", bare)
    refused_bare = marketplace.zusage(NOW, "publish", "--by", "Dora", "--no-stores", "--json")
    assert refused_bare.code == 2
    assert "supplier-rating" in refused_bare.err
    full = (
        "    purposes: [{id: rate, text: {de: Lieferanten auswählen, en: choose suppliers}, legal_bases: [{citation: "
        '"gdpr:6(1)(f)", interest: {de: verlässliche Lieferanten, en: reliable suppliers}, balanced: "2026-01-15", '
        "balancing: {de: abgewogen, en: balanced}}]}]\n"
        "    data: [{id: rating, text: {de: Bewertung der Lieferung, en: rating of the delivery}, origin: derived}]\n"
        "    recipients: [{to: manufacturers}]\n    profiling: {takes_place: false}\n"
    )
    edit(marketplace, bare, bare + full)
    assert said_in(refused(marketplace, NOW), "declaration/retention", "supplier-rating")
    kept = "    retention: [{id: old, from: {event: rated, text: {de: Bewertung, en: rating}}, keep: P2Y, then: erase}]\n"
    edit(marketplace, full, full + kept)
    assert publish(marketplace, NOW)[0] == 0
    text = page(marketplace, "2026-03-02T08:00", "/notice?on=2026-03-02")[1]
    for shown in (
        "Lieferantenbewertung",
        "Lieferanten auswählen",
        "Bewertung der Lieferung",
        "Sie können widersprechen:",
    ):
        assert shown in text, shown


_PLACES = {
    "xometry-073": ("2022-07-01T08:00", "statistics", "Vereinigte Staaten", "amplitude"),
    "xometry-181": ("2026-03-01T08:00", "marketing-china", "China", "baidu"),
}


@pytest.mark.parametrize(
    "promise",
    [
        pytest.param("xometry-073", marks=pytest.mark.promise("xometry-073")),
        pytest.param("xometry-181", marks=pytest.mark.promise("xometry-181")),
    ],
)
def test_a_country_without_an_adequacy_decision_is_named_before_the_choice(
    marketplace: Scenario, promise: str
) -> None:
    now, purpose, country, _ = _PLACES[promise]
    settings = page(marketplace, now, "/settings")[1]
    entry = settings.split(f'value="{purpose}"')[1].split("</section>")[0]
    assert (
        f"{country}: Es besteht kein Angemessenheitsbeschluss. Behörden könnten auf die Daten zugreifen"
        in entry
    )
    assert settings.index(entry) < settings.index('value="accept"')
    if promise == "xometry-181":
        ads = settings.split('value="marketing"')[1].split("</section>")[0]
        for other in ("Chile", "Singapur", "Taiwan"):
            assert f"{other}: Es besteht kein Angemessenheitsbeschluss" in ads, other
