"""A declaration with a browser part, as its YAML text."""

DECLARED = """\
zusage: 1
languages: [de, en]
address: du
as_of: 2026-01-15
version: "7"
controller: {name: Nordlicht Laden GmbH, email: datenschutz@nordlicht.example}
recipients:
  zaehlwerk: {name: Zählwerk Analyse GmbH, country: DE, role: processor}
  adwind:
    name: Adwind Inc.
    country: US
    role: controller
    policy: https://adwind.example/privacy
    transfers: [{country: US, safeguards: [consent]}]
  idle: {name: Unbeteiligt AG, country: DE, role: processor}
activities:
  shop:
    title: {de: Laden, en: Shop}
    purposes: [{id: sell, text: {de: Verkauf, en: sale}}]
    subjects: [{de: Besucher, en: visitors}]
    data: [{id: pages, text: {de: Seitenaufrufe, en: page views}}]
consents:
  statistics:
    title: {de: Statistik, en: Statistics}
    text: {de: Wir zählen Seitenaufrufe., en: We count page views.}
    category: statistics
    valid_for: P12M
    signals: [analytics_storage]
  marketing:
    title: {de: Werbung, en: Advertising}
    text: {de: Werbung auf anderen Seiten., en: Advertising on other sites.}
    category: marketing
    valid_for: P3M
  newsletter:
    title: {de: Rundbrief, en: Newsletter}
    text: {de: Wir schreiben dir., en: We write to you.}
    asked: double-opt-in
browser:
  origins: ["https://shop.example"]
  imprint: /impressum
  items:
    login: {name: sid, purpose: {de: Anmeldung, en: login}, keep: session, necessary: true}
    visits: {name: "_zw_*", provider: zaehlwerk, purpose: {de: zählt, en: counts}, keep: P13M, consent: statistics}
    ad: {name: _aw, provider: adwind, purpose: {de: wirbt, en: advertises}, keep: P30D, consent: marketing}
  services:
    count: {recipient: zaehlwerk, hosts: [stats.example], consent: statistics}
    film: {recipient: adwind, kind: embed, hosts: [video.example], consent: marketing}
"""
