"""The frames of verbs in which a receiver of data stands: each a pattern, and small-letter stems without which it cannot match.

In a pattern, the receiver begins where the match ends; or, where it has a group `list`, ends where that group ends.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Frame(NamedTuple):
    """A frame: `surely` if its grammar alone tells that a receiver stands there; `needs` are stems, one of which must occur."""

    pattern: re.Pattern[str]
    needs: tuple[str, ...]
    surely: bool = False


_NOUNS_WITH_AN = re.compile(
    r"(?:Interessen?|Rechte?|Teilnahme|Anforderungen|Erinnerung|Anpassung|Bedarf|Beteiligung|Anspruch|Ansprüche|Freude|Mitgliedschaft|Mangel|Arbeit|Anschluss|Zustimmung|Zahl|Anzahl|Menge|Reihe|Vielzahl|Minimum|Maß)\s$"
)
_DE_PASSES = re.compile(
    r"\b(?:weiter\s?(?:gegeben|geben|geleitet|leiten|zuleiten|zugeben|gereicht|reichen)|(?:über|zu)mittel[nt]|übermittel[nt]|übermitteln|übermittle|übertragen|übergeben|übersende[nt]|versende[nt]|gesende[nt]|gesandt|geschickt|gemeldet|melden|meldet|"
    r"(?:herausge|aus|be)händig\w*|heraus(?:gegeben|geben)?|(?:[Dd]aten)?(?:[Ww]eitergabe|[Üü]bermittlung|[Ww]eiterleitung|[Oo]ffenlegung|[Bb]ekanntgabe)|offen(?:gelegt|legen|zulegen)|abtreten|abzutreten|abgetreten|geben|gibt|gehen|geht|fließen|fließt|gelangen|gelangt|leiten|leitet|reichen|vergeben|freigegeben|weiter|(?:Beispielsweise|Insbesondere|Namentlich|Ausschließlich)(?=\san\s))\b"
)
_DE_ADDRESSED = re.compile(r"(?<![\w-])an\s(?=\S)")
_DE_GIVEN = re.compile(
    r"(?P<list>(?<!\S)(?:\S+\s){1,9}?)(?:öffentlich\s|nicht\s|zunächst\s|anonymisiert\s){0,2}(?:zugänglich|zur Verfügung gestellt|zur Verfügung stellen|vorgeschlagen|mitgeteilt|mitteilen|offengelegt|offenlegen|vorgelegt|vorlegen|bekannt ?gegeben|anvertraut|überlassen)\b"
)
_DE_HANDS = r"(?:übergeben|überlassen|überreichen|melden|legen|geben|teilen|schicken|senden|stellen|nennen|übermitteln|zeigen)"
#: "melden wir (sie) dem Landratsamt", "Der Lehrkraft legen wir den Namen vor"
_DE_HAND_OVER = re.compile(
    rf"\b{_DE_HANDS}\s(?:wir|ich)\s(?:(?:sie|diese|diesen|es|ihn|Ihre \w+|die \w+|den \w+|Namen und \w+)\s)?(?=(?:der|dem|unser(?:em|er)|ein(?:em|er))\s)|"
    rf"(?:^|(?<=[.!?]\s))(?=(?:Der|Dem|Unserem|Unserer|Einem|Einer)\s[^.;:]{{3,90}}?\s{_DE_HANDS}\s(?:wir|ich)\s)"
)
_DE_ENABLES = re.compile(
    r"ermöglich\w*\s(?:es\s)?(?=(?:\S+\s){0,3}\S+,\s[^.;]{3,120}\b(?:ein|zu|ab)\s?zu\s?\w+|\S+,\s[^.;]{3,120}einzusehen)"
)
_DE_VISIBLE = re.compile(
    r"\bfür\s(?=[^.;:]{3,120}\b(?:sichtbar|einsehbar|zugänglich|freigegeben|freischalten|abrufbar|auffindbar)\b)"
)
_DE_WITHIN = re.compile(
    r"\b(?:innerhalb|unter|zwischen)\s(?=[^.;:,]{3,80}\s(?:weltweit\s)?(?:weitergegeben|ausgetauscht|geteilt|übermittelt)\b)"
)
_DE_TOGETHER = re.compile(
    r"\b(?:teilen|geteilt|Kooperation|kooperieren|Zusammenarbeit)\b[^.;:]{0,60}?\bmit\s|\bmit\s(?=[^.;:,]{3,60}\s(?:geteilt|genutzt werden)\b)"
)
_DE_BY = re.compile(
    r"\b(?:von|vom|durch)\s(?=[^.;:]{3,140}?\b(?:eingesehen|gelesen|aufgerufen|abgerufen|angezeigt|heruntergeladen|entgegengenommen|mitgelesen)\b)"
)
_DE_HANDLED = re.compile(
    r"\b(?:von|durch|vom)\s(?=(?:unser|ein|extern|spezialisiert|jeweilig|Dritt|Dienst)[^.;:]|(?<=vom\s)[A-ZÄÖÜ])(?=(?:[^.;:,]{3,80}?)\s(?:erhoben|verarbeitet|gespeichert|erbracht|betrieben|verwaltet|gehostet|geprüft|zugestellt|durchgeführt|erledigt|übernommen|geladen|nachgeladen|abgewickelt|versandt|versendet)\b)"
)
_DE_ACCESS = re.compile(
    r"\b(?:Zugriff|Zugang|Einsicht|Einblick)\s(?:darauf\s|hierauf\s|auf [^.;:,]{3,60}?\s)?(?:haben|hat|erhalten|nehmen|bekommen)\s(?:\w+\s){0,2}?(?=(?:die|der|das|unser\w*|dein\w*|Ihr\w*|[A-ZÄÖÜ])\S*)"
)
_DE_SEES = re.compile(
    r"\b(?:(?:sehen|sieht|erhält|erhalten|bekommt|bekommen|erfährt|erfahren|führt|führen|wickelt|verlangt|verlangen)\s(?:für uns\s|dabei\s|dann\s|zudem\s)?(?:nur|lediglich|ausschließlich|außerdem|auch)?\s?(?=(?:die|der|das|unser\w*|ein|eine)\s)|"
    r"(?:erledigt|erledigen|übernimmt|übernehmen|besorgt|besorgen)\s(?:für uns\s|dabei\s)?(?=\S)|nimmt\s(?=[^.;:]{3,120}\sentgegen\b))"
)
_DE_SUBJECT = re.compile(
    r"(?:^|(?<=[.;:!?]\s)|,\s|\b(?:Zudem|Außerdem|Auch|Ferner|Nur|nur|Lediglich|lediglich|bekommen|erhalten)\s)(?P<list>(?:(?:die|der|das|den|dem|unser\w*|ein|eine|einige|alle|zuständige\w*|diejenigen|jene)\s)?[^.;:,]{3,90}?(?:,\s(?:die|der|das)\s[^.;:,]{5,80},)?)\s(?:(?:können|kann|dürfen|darf)\s[^.;:]{0,80}\b(?:einsehen|zugreifen|abrufen|sehen|(?<!zu )erhalten)\b|(?:erhält|erhalten|bekommt|bekommen|empfängt|sieht|sehen)\s(?=(?:Ihre|deine|die|diese|den|nur|außerdem|zudem|folgende|eine|von uns|alle|keine anderen)\b)|(?:haben|hat|nehmen|nimmt|erhalten|erhält)\s[^.;:]{0,60}(?:Zugriff|Zugang|Einsicht|Kenntnis|Einblick)\b|nimmt\s[^.;:]{3,60}\sentgegen\b)",
    re.IGNORECASE,
)
#: "können Dritte, die …, auf Ihren Lebenslauf zugreifen"
_DE_MAY = re.compile(
    r"\b(?:können|kann|dürfen|darf)\s(?=[^.;:]{3,160}\b(?:zugreifen|einsehen|abrufen|ansehen|mitlesen)\b)"
)
#: "die Nutzung dieser Angaben durch Personen, die …"
_DE_USE_BY = re.compile(
    r"\b(?:Nutzung|Verwendung|Zugriff|Zugriffe|Abruf|Einsichtnahme|Kenntnisnahme)\b[^.;:,]{0,30}\b(?:Daten|Informationen|Angaben|Inhalte)\sdurch\s(?=\S)"
)
#: "Der Provider der Seiten erhebt und speichert …", "verarbeitet unser Hoster …"
_DE_HOST = r"(?:[\w-]*[Pp]rovider(?! (?:der|dieser) (?:Seiten?|Web))\w*|[\w-]*[Aa]nbieter|[\w-]*[Dd]ienstleister|[\w-]*[Hh]oster|[Rr]echenzentrum)"
_DE_COLLECTS = re.compile(
    rf"(?:^|(?<=[.;:!?]\s)|,\s)(?=(?:[Dd]er|[Dd]ie|[Dd]as|[Uu]nser\w*)\s(?:[a-zäöü]+\s)?{_DE_HOST}[^.;:,]{{0,40}}?\s(?:erhebt|erheben|speichert|speichern|erfasst|erfassen|verarbeitet|protokolliert|sammelt)\b)|"
    rf"\b(?:erhebt|speichert|erfasst|verarbeitet|protokolliert|sammelt)\s(?=(?:der|die|das|unser\w*)\s(?:[a-zäöü]+\s)?{_DE_HOST}\b)"
)
#: "werden durch den Hosting-Anbieter automatisch … erfasst", "versenden wir über unseren E-Mail-Dienstleister"
_DE_BY_HOST = re.compile(
    rf"\b(?:durch|von)\s(?=(?:den|die|dem|der|das)\s(?:[a-zäöü]+\s)?{_DE_HOST}\b[^.;:]{{0,140}}\b(?:erfasst|erhoben|gespeichert|verarbeitet|protokolliert|genutzt|gesammelt|erstellt)\b)|"
    rf"\b[üÜ]ber\s(?!dies)(?=(?:(?:den|die|einen|eine|unsere|unseren|externe|andere)\s)?(?:[a-zäöü]+\s)?{_DE_HOST}\b)"
)
#: "Der Kassenwart verarbeitet die Mitgliedsdaten": not the controller itself, whatever it calls itself
_DE_ITSELF = r"(?:Verein|Verband|Schule|Praxis|Stadt|Gemeinde|Stiftung|Kanzlei|Klinik|Hochschule|Universität|Firma|Gesellschaft|Bank|Betreiber|Verantwortliche|Unternehmen|Website|Webseite|App|Browser|Nutzer|Kunde|Mitglied|Bewerber|Teilnehmer|Arbeitgeber|Anbieter)"
_DE_INTERNAL = re.compile(
    rf"(?:^|(?<=[.;:!?]\s)|,\s|[–-]\s)(?=(?:(?:[Dd]er/die|[Dd]er|[Dd]ie|[Dd]as|[Uu]nsere?)\s)(?!{_DE_ITSELF}(?:s|es|n|en|e)?\s)(?:[a-zäöü]+\s)?[A-ZÄÖÜ]\S+\s(?:[a-zäöü]+\s)?(?:verarbeitet|verarbeiten|verwaltet|verwalten)\s(?:die|Ihre|deine|diese|personenbezogene|\w*[Dd]aten))|"
    rf"\bvon (?:den|dem|der)\s(?=(?:jeweiligen|zuständigen|hierfür|dafür|damit|verantwortlichen)\s[^.;:,]{{3,140}}\s(?:verarbeitet|bearbeitet|genutzt|eingesehen|gespeichert|verwaltet)\b)"
)
_DE_SUBORDINATE = re.compile(
    r"\b(?P<list>(?:der|die|das|unser\w*|ein|eine)\s[^.;:,]{3,60})\sverwende(?:t|n)\s[^.;:]{2,40}\s(?:Daten|Informationen)\b"
)
_DE_USES = re.compile(
    r"\bverwende(?:t|n)\s(?P<list>(?:der|die|das|unser\w*)\s[^.;:]{3,80}?)\s(?:Ihre|die|diese|deine)\s(?:\w+\s)?(?:Daten|Informationen|Angaben)\b"
)

#: "Der Zugriff darauf ist auf das Projektteam beschränkt"
_DE_LIMITED = re.compile(
    r"\b(?:Zugriffe?|Zugang|Einsicht)\b[^.;:]{0,80}?\s(?:ist|sind|bleibt|wird)\s(?:streng\s|dabei\s)?auf\s(?=[^.;:]{3,80}\s(?:beschränkt|begrenzt)\b)"
)
#: "kann den Vollstreckungsdienst einschalten"
_DE_CALLS_IN = re.compile(
    r"\b(?P<list>(?:den|die|das|einen|eine|unsere[n]?)\s[^.;:,]{3,80}?)\s(?:einschalten|einschaltet|hinzuziehen|beauftragen|einbinden)\b"
)
_EN_PASSES = (
    r"(?:shar(?:e|es|ed|ing)|disclos(?:e|es|ed|ing|ure)|pass(?:ed|es|ing)?|hand(?:ed|s)?|giv(?:e|es|en)|sen[dt]s?|transfer(?:red|s)?|release[ds]?|forward(?:ed|s)?|report(?:ed|s)?|provide[ds]?|supply|supplied|sell|sold|"
    r"deliver(?:ed)?|submit(?:ted)?|assign(?:ed)?|refer(?:red)?|made available|make available|available|display(?:ed|ing)?|visible|accessible|shown|show|disclosable|goes|go)"
)
_EN_PASSED = re.compile(rf"\b{_EN_PASSES}\b")
#: words whose "to" or "with" leads to no receiver
EN_GOVERNS = frozenset((
    "access", "able", "order", "relating", "related", "subject", "due", "according", "adhere", "adheres", "apply", "applies", "limited", "respond", "respect", "regard", "prior", "addition", "belong",
    "belongs", "refer", "refers", "similar", "equal", "tailored", "compared", "contrary", "object", "consent", "consented", "agree", "agreed", "thanks", "reply", "up", "right", "need", "needs", "want",
    "wish", "together", "along", "accordance", "connection", "comply", "complies", "compliance", "associated", "consistent", "line", "deal", "deals", "contact", "begin", "starting", "necessary",
    "required", "used", "going", "have", "has", "attributable", "applicable", "next", "close", "way", "ways", "steps",
))  # fmt: skip
_EN_TO = re.compile(r"(?:(?P<before>\w+)\s)?\b(?P<to>to|with)\s(?=\S)")
#: verbs of which "with" leads to the receiver
WITH = re.compile(
    r"\b(?:shar|disclos|exchang|communicat|transfer|discuss|available|process|verif|check|match|compar|collaborat|co-?operat)\w*\b"
)
#: "provides the user with details": what is given, not to whom
EN_OBJECT = re.compile(r"\b(?:[Pp]rovid|[Ss]uppl|[Pp]resent|[Ff]urnish)\w*\s[^.;:]{0,60}\swith\s$")
_EN_GETS = re.compile(
    r"(?:^|(?<=[.;:!?]\s)|,\s(?:and\s|but\s)?|\b(?:Only|only|and|by)\s)(?P<list>[^.;:]{3,110}?)(?:\s(?:who|which|that)\s[^.;:,]{3,60}?)?\s(?:(?:may|can|will|would|could|also|only|then|each|all|shall|might)\s){0,2}(?:receives?|gets?|inspects?|examines?|(?:is|are|be) (?:also )?(?:given|told|shown)(?! to)|has access|have access|looks? at|sees?|views?|inspects?)\s(?=\S)"
)
#: "a laboratory, which receives …"
_EN_RELATIVE = re.compile(
    r"(?P<list>[^.;:,]{3,90}),\s(?:which|who)\s(?:then\s|also\s|only\s)?(?:receives?|gets?|sees?|is given|are given|has access|have access)\b"
)
_EN_BY = re.compile(
    r"\b(?:collected|processed|handled|stored|taken|operated|run|hosted|maintained|managed|delivered|printed|carried out|performed|provided|administered|seen|viewed|read|accessed|checked|reviewed|audited|moderated|answered|prepared|made|kept|drawn up|supplied|sent|held|collected)\s(?:for us\s|on our behalf\s|directly\s|exclusively\s)?by\s(?=\S)|"
    r"\b(?:processed|handled|taken|collected|operated|sent|delivered)\s(?:\w+ly\s)?(?:through|via)\s(?=(?:an?\s|our\s|the\s)?(?:\S+\s){0,3}?(?:processors?|gateways?|providers?|partners?|third|services?)\b)"
)

#: "Ihre Daten an unsere Bank": needs a verb of passing on in the same sentence
ADDRESSED, PASSES, GOVERNED = _DE_ADDRESSED, _DE_PASSES, _NOUNS_WITH_AN
PASSED, TO = _EN_PASSED, _EN_TO
_ACCESS_STEMS = ("zugriff", "zugang", "einsicht", "einblick")
_HOSTS = ("provider", "anbieter", "dienstleister", "hoster", "rechenzentrum")
GERMAN = (
    Frame(_DE_HAND_OVER, (" wir ", " ich "), surely=True),
    Frame(_DE_LIMITED, ("beschränkt", "begrenzt")),
    Frame(_DE_ENABLES, ("ermöglich",), surely=True),
    Frame(_DE_VISIBLE, ("sichtbar", "einsehbar", "zugänglich", "freige", "freisch", "abrufbar", "auffindbar"), surely=True),
    Frame(_DE_WITHIN, ("innerhalb", "unter ", "zwischen"), surely=True),
    Frame(_DE_TOGETHER, ("teilen", "geteilt", "kooper", "zusammenarbeit", "genutzt"), surely=True),
    Frame(_DE_BY, ("eingesehen", "gelesen", "gerufen", "angezeigt", "heruntergeladen", "entgegengenommen"), surely=True),
    Frame(_DE_HANDLED, ("von unser", "von ein", "von extern", "von spez", "von dritt", "von dienst", "durch unser", "durch ein", "durch extern",
                        "durch spez", "durch dritt", "durch dienst", "vom ", "von jeweil")),
    Frame(_DE_ACCESS, _ACCESS_STEMS),
    Frame(_DE_SEES, ("sehen ", "sieht", "erhält", "erhalten", "bekomm", "erfähr", "erfahr", "führ", "wickelt", "verlang", "erledig", "übern", "besorg", "nimmt")),
    Frame(_DE_MAY, ("zugreifen", "einsehen", "abrufen", "ansehen", "mitlesen")),
    Frame(_DE_USE_BY, (" durch ",)),
    Frame(_DE_INTERNAL, ("verarbeitet ", "verarbeiten ", "verwalte", " jeweiligen ", " zuständigen ", " hierfür ", " dafür ", " damit ", " verantwortlichen ")),
    Frame(_DE_BY_HOST, _HOSTS),
    Frame(_DE_COLLECTS, _HOSTS),
)  # fmt: skip
GERMAN_GIVEN = Frame(
    _DE_GIVEN,
    ("zugänglich", "verfügung", "vorgeschlagen", "mitgeteilt", "mitteilen", "offengelegt", "offenlegen", "vorgelegt", "vorlegen", "bekannt", "anvertraut", "überlassen"),
)  # fmt: skip
GERMAN_LISTS = (
    Frame(_DE_SUBJECT, ("einsehen", "zugreifen", "abruf", "sehen", "sieht", "erhält", "erhalten", "bekomm", "empfäng", "kenntnis", "entgegen", *_ACCESS_STEMS)),
    Frame(_DE_CALLS_IN, ("einschalt", "hinzuziehen", "beauftragen", "einbinden")),
    Frame(_DE_SUBORDINATE, ("verwende",)),
    Frame(_DE_USES, ("verwende",)),
)  # fmt: skip
_GETS = ("receive", "get", "give", "told", "shown", "access", "look", "see", "view", "inspect", "examine")
#: "we limit access to your data to those employees who …"
_EN_ACCESS = re.compile(
    r"\b(?:limit|restrict|grant|giv|allow|confin)\w*\s(?:the\s)?access\b[^.;:]{0,60}\sto\s(?=\S)|\b[Aa]ccess\b[^.;:]{0,40}\s(?:is|are)\s(?:\w+\s)?(?:limited|restricted|granted|given|confined)\sto\s(?=\S)"
)
ENGLISH = (Frame(_EN_BY, (" by ", " through ", " via ")), Frame(_EN_ACCESS, ("access",)))
ENGLISH_LISTS = (Frame(_EN_GETS, _GETS), Frame(_EN_RELATIVE, ("which ", "who ")))
