"""A small declaration that loads, as text to be broken."""

from __future__ import annotations

import pytest

SMALL = """\
zusage: 1
languages: [de, en]
as_of: 2026-01-15
controller:
  name: Beispielwerk GmbH
  email: datenschutz@beispielwerk.example
  land: BY
  address: {street: Ringweg 4, postcode: 80331, city: München, country: DE}
recipients:
  host:
    name: Nordhafen Hosting AS
    country: NO
    role: processor
    contract: {kind: art-28, concluded: 2024-05-01}
activities:
  applications:
    title: {de: Bewerbungen, en: Applications}
    purposes:
      - id: hiring
        text: {de: Auswahl von Bewerbern, en: choice of applicants}
        legal_bases: [{citation: "gdpr:6(1)(b)"}]
    subjects: [{de: Bewerber, en: applicants}]
    data:
      - {id: cv, text: {de: Lebenslauf, en: CV}}
      - {id: health, text: {de: Gesundheitsdaten, en: health data}, special: health}
    recipients: [{to: host, data: [cv]}]
    retention:
      - id: six-months
        data: [cv]
        keep: P6M
        from: {event: procedure-ended}
        then: erase
        when: {no_consent: talent-pool}
      - id: pool
        from: procedure-ended
        steps:
          - {keep: P11M, then: notify}
          - {keep: P12M, then: erase, notice: {before: P14D, template: pool-ends}}
        when: {consent: talent-pool}
        backup: P21D
consents:
  talent-pool:
    title: {de: Talentpool, en: Talent pool}
    text: {de: Wir dürfen Ihre Bewerbung länger behalten., en: We may keep your application longer.}
    asked: form
browser:
  items:
    session:
      name: sid
      purpose: {de: Anmeldung, en: login}
      keep: session
      necessary: true
rights:
  channels:
    - {kind: email, to: datenschutz@beispielwerk.example}
    - kind: telephone
      accepted: false
      reason: {de: Am Telefon lässt sich niemand sicher erkennen., en: Nobody can be identified safely by telephone.}
  deadlines:
    - {what: answer, within: P14D}
"""


@pytest.fixture
def small() -> str:
    return SMALL
