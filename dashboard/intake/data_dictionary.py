"""Writes docs/data_dictionary.md from the definitions themselves; a test compares the two."""

import inspect

from dashboard.intake import decoding, fhir, records, workbook_checks
from dashboard.intake.mapping import map_keys

_TITLES = {
    "answers": "Answers, one a row",
    "scores": "Ready-made scores, one a row",
    "patients": "Patients",
    "staff": "Staff",
    "panel": "Panel assignments",
    "programs": "Programs",
    "resources": "Resources",
    "events": "Events",
}


def data_dictionary() -> str:
    """The whole document."""
    kinds = [_kind(kind) for kind in _TITLES]
    return "\n".join([_INTRODUCTION, _WIDE, *kinds, _RULES, _maps(), _REDCAP, _FHIR])


def _kind(kind: str) -> str:
    description = inspect.getdoc(records.KINDS[kind]) or ""
    required = records.required_columns(kind)
    lines = [f"## {_TITLES[kind]}", "", description, "", "| column | needed | holds | meaning |"]
    lines.append("|---|---|---|---|")
    for column in records.columns_of(kind):
        meaning = records.KINDS[kind].model_fields[column].description
        needed = "yes" if column in required else ""
        words = records.holds(kind, column).words
        lines.append(f"| `{column}` | {needed} | {words} | {meaning} |")
    return "\n".join([*lines, ""])


def _maps() -> str:
    keys = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in map_keys())
    return _MAPS.replace("{keys}", keys)


_INTRODUCTION = """\
# Data dictionary

Generated from `dashboard/intake`; change it there.

What a file holds is told from its content: a CSV file or the first filled sheet of an .xlsx
workbook by its column names, a REDCap export by REDCap's own columns, FHIR by being JSON. Column
names must be written exactly as here. A column that is not known refuses the file, so that
nothing is dropped in silence; a map can say which column is which, and leave others unread.
"""

_WIDE = """\
## Forms, one a row

The usual shape of a questionnaire export: one row for each completed form.

| column | needed | holds |
|---|---|---|
| `patient_id` | yes | the patient |
| `completed_on` | yes | a date, or a date and time with its offset from UTC |
| `wave` | | the planned round |
| an item's key, such as `phq9_1` | at least one | the answer to that item |
| `<measure>_<scale>`, such as `phq9_total` | | a total that was stated or came ready-made |

Items of several measures may stand in one row. In a file of one measure, a row without any
answer is a form that came back with nothing answered; in a file of several it is a measure that
was not given.
"""

_RULES = f"""\
## Rules for every table

- **Ids are text.** `00123` and `123` are two patients, `1E5` is not 100000. Spaces around are
  dropped, letters are put in one Unicode form (NFC). Control, zero-width and other invisible
  characters are refused, and so are digits other than 0-9.
- **Numbers** are written with 0-9 and at most one decimal point; `3.0` is 3. A decimal comma is
  taken where the whole column agrees and the comma does not separate the columns, or where a map
  or the data dictionary declares it.
- **Dates** are `YYYY-MM-DD`. Other formats are declared in a map, never guessed. A time needs its
  offset from UTC, or a time zone declared in a map.
- **Missing answers** are empty cells. `NA`, 7, 9 or 99 mean missing only where a map says so.
  `{records.DECLINED}` and `{records.NOT_APPLICABLE}` are answers of their own kind.
- **Text** is UTF-8, with or without byte order mark; other encodings are declared in a map.
  Columns are separated by comma, semicolon or tab. Blank rows are passed over.
- **Damage refuses the file**, naming line and column: a field too many or too few, two columns of
  one name, a quote that is not closed, a last line cut off, a byte that is not of the encoding, no
  row at all.
- **A bad value refuses its row**, with the reason and what to do. Two rows of a list that have the
  same key and different values are both refused.
- **Limits**: {decoding.LARGEST_FILE / 1e6:,.0f} MB for a file, \
{workbook_checks.LARGEST_UNPACKED / 1e6:,.0f} MB for an unpacked workbook and \
{workbook_checks.MOST_CELLS:,} cells for its largest sheet, \
{fhir.LARGEST_DOCUMENT / 1e6:,.0f} MB for one JSON document; NDJSON is read line by line, up to \
{fhir.LARGEST_NDJSON / 1e9:,.0f} GB.
- **Workbooks**: dates become ISO text, whole numbers lose their `.0`, and a formula whose value
  was not saved refuses the file.
"""

_MAPS = """\
## Maps

A map is a small TOML file beside the data. Keys that do not belong refuse it.

```toml
measure = "phq9"
patient_id = "SEQN"             # a column
completed_on = "2018-01-01"     # a column, or one date for all
missing_codes = [7, 9]
[items]
phq9_1 = "DPQ010"               # item = column
```

| key | says |
|---|---|
{keys}

Several measures in one row have a `[[form]]` table each, with the keys from `measure` to `scores`;
what stands above the first applies to all of them. A code for missing answers that is also a
possible answer refuses the map, because it would erase real answers; in a column of scores such a
code is taken as the score.

Other records are mapped with `kind`:

```toml
kind = "patients"
[columns]
patient_id = "record_id"
sex = "gender"
[values.sex]
"0" = "female"
"1" = "male"
```
"""

_REDCAP = """\
## REDCap exports

Raw CSV exports (values, not labels). Fields named like items are read without a map; the patient is
the first column and the day is `<measure>_date`, `completed_on` or `date`.

- The wave is the event, then the instrument and its instance where it repeats:
  `visit_1_arm_1/phq9-2`.
- Rows in which nothing was entered for a measure, as other events and instruments leave them, are
  passed over. A checkbox that is 0 does not count as entered by itself.
- A form is taken when its `<form>_complete` is 2. One that holds answers and is not complete is
  refused by row; a map can take it: `complete = {column = "phq9_complete", values = [0, 1, 2]}`.
- A checkbox column such as `pain___1` can be mapped to an item answered 0 or 1.
- `site = "redcap_data_access_group"` in a map registers the access group as the patient's site.
- `dictionary = "dictionary.csv"` names the project's data dictionary: it says which form a field
  belongs to and which numbers have a decimal comma. Without it, a field belongs to the next
  `<form>_complete` to its right.
"""

_FHIR = """\
## FHIR R4

QuestionnaireResponse, Observation and Patient: alone, in a Bundle, or one a line (NDJSON).

- Items are known by LOINC code or our key, in `linkId` (also `/44250-9`), at the end of
  `definition`, or in `code`.
- Answers: LOINC answer codes of the measure, the extensions `ordinalValue` and `itemWeight`,
  integers, decimals, quantities, and text that is a number. Where text such as "Yes" carries an
  extension, the extension is the answer. A coded answer that is not in the list is refused.
- Only completed or amended responses and final, amended or corrected observations are taken; others
  are refused by resource.
- The day is `authored`, `effectiveDateTime`, or the end of `effectivePeriod`; `issued` is not
  used.
- A total beside its items is kept as a stated total. A value under the code of a whole
  questionnaire is taken as its total, and the report says so; a panel without a value is passed
  over.
- Codes that are not known here are counted in the report, by code.
- Of a Patient the id, birth year, sex, language and being deceased are read; never a name.
"""
