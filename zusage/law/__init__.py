"""Law: periods, deadlines, transfers, retention, authorities, terms and citations, as data and pure functions.

The ground floor of the house. It knows no declaration, no store and no clock; everything it needs is a parameter, and
the only thing it reads are its own files in `data/`, each entry with its source and the day it was looked at. What it
says informs and is no legal advice.

Map of the room
---------------
- `duration`       ISO 8601 durations in whole numbers: parsed, printed, never converted
- `periods`        end of storage limits and its inverse for SQL, deadlines to act, prolongation, counting backwards
- `holidays`       public holidays per Land, working days
- `deadlines`      time limits by id (`dl-12-3`: answer within one month) and when each is due
- `retention`      statutory and usual periods by id (`hgb-vouchers`), as they stood on the day of the event
- `adequacy`       adequacy decisions by date, and whether a transfer was covered on a day
- `countries`      ISO 3166 codes and names in German and English
- `authorities`    supervisory authorities by Land and country, recognised as notices write them
- `outdated`       laws, bodies, companies and products under names they no longer have
- `mandatory`      what Art. 13 and 14 demand of a notice, and when
- `consent_rules`  what a consent banner must do, as testable rules
- `citations`      citations in German and English prose: found, parsed, printed, checked. The public face of
                   `citation_model` (the value), `citation_cursor` (the grammar), `citation_reader` (running text)
- `laws`           the laws that are cited: names, articles or sections, how far each goes
- `facts`          how data files are read
"""
