"""Every way in which a definition is refused: which file, which field, and what is wrong."""

import copy
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import MeasureRefused
from dashboard.measures.catalogue import DEFAULT_FOLDER, load_catalogue
from dashboard.measures.consistency import inconsistencies
from dashboard.measures.ranges import with_ranges

DEFINITION = """\
key = "mood"
title = "Mood"
name = "Mood, three questions"
version = "1"
domain = "distress"
asks = "How the person felt this week."
response_min = 0
response_max = 3
reverse = ["mood_2"]
items = [
    { key = "mood_1", label = "Item 1" },
    { key = "mood_2", label = "Item 2" },
    { key = "mood_3", label = "Item 3" },
]

[[scales]]
key = "total"
title = "Mood total"
items = ["mood_1", "mood_2", "mood_3"]
method = "sum"
max_missing = 1
higher_is = "worse"
reliability = { value = 0.8, type = "test-retest", source = "A 2001", evidence = "verified" }
sd = { value = 2.0, population = "adults", source = "A 2001", evidence = "verified" }
reliable_change = { value = 3, source = "A 2001", evidence = "verified" }
important_difference = { value = 2, source = "A 2001", evidence = "verified" }
bands = [
    { from = 0, label = "low", source = "A 2001", population = "adults", evidence = "verified" },
    { from = 5, label = "high", source = "A 2001", population = "adults", evidence = "verified" },
]
cut_offs = [
    { at_least = 5, label = "screen", source = "A 2001", population = "adults", \
evidence = "verified", screen = true },
]

[[safety_items]]
item = "mood_3"
at_least = 1
message = "Speak with the person."

[licence]
text = "May be shown."
scoring = "Free to use."
source = "A 2001"
"""

SCORES_ONLY = """\
key = "mood"
title = "Mood"
name = "Mood"
version = "1"
domain = "distress"
asks = "How the person felt this week."

[[scales]]
key = "total"
title = "Mood total"
minimum = 0
maximum = 9
higher_is = "worse"

[licence]
text = "Not shown."
scoring = "Scored elsewhere."
source = "A 2001"
"""


def refusals(folder: Path, text: str | bytes, name: str = "mood.toml") -> list[str]:
    """The faults found when the text is a centre's own definition; none when it holds."""
    own = folder / "own"
    own.mkdir(exist_ok=True)
    content = text if isinstance(text, bytes) else text.encode("utf-8")
    (own / name).write_bytes(content)
    try:
        load_catalogue(own)
    except MeasureRefused as refused:
        return [str(fault) for fault in refused.faults]
    return []


def changed(text: str, before: str, after: str) -> str:
    assert before in text
    return text.replace(before, after, 1)


@pytest.mark.parametrize("text", [DEFINITION, SCORES_ONLY])
def test_the_unchanged_definitions_hold(tmp_path: Path, text: str) -> None:
    assert refusals(tmp_path, text) == []


SINGLE_FAULTS = [
    # names
    ('key = "mood"', 'key = "moods"', "key: is “moods” but the file is called mood.toml"),
    ('key = "mood"', 'key = "Mood"', "key: may hold only small letters"),
    ('title = "Mood"', 'titel = "Mood"', "titel: is not a field that belongs here"),
    ('title = "Mood"\n', "", "title: is missing"),
    ('title = "Mood"', 'title = ""', "title: is empty"),
    ('title = "Mood"', 'title = " "', "title: is blank"),
    ('version = "1"', "version = 1", "version: does not hold"),
    ('domain = "distress"', 'domain = "mood"', "domain: is “mood” but must be 'distress'"),
    ('higher_is = "worse"', 'higher_is = "up"', "scales[total].higher_is: is “up” but must be"),
    ('method = "sum"', 'method = "median"', "scales[total].method: is “median” but must be"),
    ('method = "sum"\n', "", "scales[total].method: is missing"),
    ('label = "Item 2"', 'label = "Item 2", colour = "red"', "items[mood_2].colour: is not a"),
    ('{ key = "mood_2", label = "Item 2" }', '{ key = "mood_2" }', "items[mood_2].label: is miss"),
    ('"mood_3", label', '"wave", label', "items[wave].key: is what a data file calls one of"),
    ('source = "A 2001"\n', "", "licence.source: is missing"),
    # numbers
    ("response_max = 3", 'response_max = "3"', "response_max: does not hold"),
    ("response_max = 3\n", "", "items[mood_1].maximum: is missing; give it here or as response_"),
    ("response_max = 3", "response_max = nan", "response_max: does not hold"),
    ("response_max = 3", "response_max = true", "response_max: does not hold"),
    ("response_max = 3", "response_max = 0", "items[mood_1]: has a range that does not ascend"),
    ('label = "Item 2"', 'label = "Item 2", minimum = "0"', "items[mood_2].minimum: does not hold"),
    # items and scales
    ('key = "mood_2", label', 'key = "mood_1", label', "items: “mood_1” is there twice"),
    ('reverse = ["mood_2"]', 'reverse = ["mood_4"]', "reverse: “mood_4” is not among the items"),
    ('reverse = ["mood_2"]', 'reverse = ["mood_2", "mood_2"]', "reverse: “mood_2” is there twice"),
    ('["mood_1", "mood_2", "mood_3"]', '["mood_1", "mood_9"]', "scales[total].items: “mood_9”"),
    ('["mood_1", "mood_2", "mood_3"]', '["mood_1", "mood_1"]', "scales[total].items: “mood_1” is"),
    ('["mood_1", "mood_2", "mood_3"]', '"mood_1"', "scales[total].items: does not hold"),
    ('method = "sum"\nmax_missing = 1', 'method = "single"', "scales[total].items: must be one"),
    (
        'label = "Item 3" },\n]\n\n[[scales]]\nkey = "total"\ntitle = "Mood total"\n'
        'items = ["mood_1", "mood_2", "mood_3"]\nmethod = "sum"',
        'label = "Item 3", maximum = 9 },\n]\n\n[[scales]]\nkey = "total"\n'
        'title = "Mood total"\nitems = ["mood_1", "mood_2", "mood_3"]\n'
        'method = "mean_rescaled_0_100"',
        "scales[total].items: must all have the same range",
    ),
    (
        "max_missing = 1",
        "max_missing = 1\nmin_answered_share = 0.5",
        "scales[total].max_missing: and min_answered_share are both given",
    ),
    ("max_missing = 1", "max_missing = 3", "scales[total].max_missing: is 3 of 3 items"),
    ("max_missing = 1", "max_missing = -1", "scales[total].max_missing: does not hold"),
    ("max_missing = 1", "max_missing = 0.5", "scales[total].max_missing: does not hold"),
    ("max_missing = 1", "min_answered_share = 50", "scales[total].min_answered_share: does not"),
    ("max_missing = 1", 'never_prorate = ["mood_7"]', "scales[total].never_prorate: “mood_7” is"),
    ("max_missing = 1", "multiply = 0", "scales[total].multiply: does not hold"),
    ("max_missing = 1", "maximum = 27", "scales[total].maximum: is 27 but items and method give 9"),
    # what scores mean
    ("from = 5", "from = 0", "scales[total].bands[2].from: is 0 but the band before starts at 0"),
    ("from = 0", "from = 7", "scales[total].bands[2].from: is 5 but the band before starts at 7"),
    ("from = 5", "from = 10", "scales[total].bands[2].from: is 10, outside the range 0 to 9"),
    ("from = 0", "from = -1", "scales[total].bands[1].from: is -1, outside the range 0 to 9"),
    ("at_least = 5", "at_least = 10", "scales[total].cut_offs[1].at_least: is 10, outside the"),
    (
        "cut_offs = [",
        'cut_offs = [\n{ at_least = 3, label = "b", source = "c", population = "d", '
        'evidence = "verified", screen = true },',
        "scales[total].cut_offs: has 2 with screen = true",
    ),
    (
        '"high", source = "A 2001", population',
        '"high", population',
        "scales[total].bands[2].source: is missing",
    ),
    (
        '"screen", source = "A 2001", population',
        '"screen", population',
        "scales[total].cut_offs[1].source: is missing",
    ),
    (
        'type = "test-retest", source = "A 2001"',
        'type = "test-retest"',
        "scales[total].reliability.source: is missing",
    ),
    (
        'population = "adults", source = "A 2001"',
        'population = "adults"',
        "scales[total].sd.source: is missing",
    ),
    (
        'value = 3, source = "A 2001"',
        "value = 3",
        "scales[total].reliable_change.source: is missing",
    ),
    (
        'value = 2, source = "A 2001"',
        "value = 2",
        "scales[total].important_difference.source: is missing",
    ),
    ("value = 0.8", "value = 1.2", "scales[total].reliability.value: does not hold"),
    ("value = 2.0", "value = 0", "scales[total].sd.value: does not hold"),
    ('type = "test-retest"', 'type = "good"', "scales[total].reliability.type: is “good” but must"),
    (
        'evidence = "verified" }\nsd',
        'evidence = "sure" }\nsd',
        "scales[total].reliability.evidence: is “sure” but must be 'verified', 'secondary' or",
    ),
    # safety
    ('item = "mood_3"', 'item = "mood_8"', "safety_items[1].item: “mood_8” is not an item of"),
    ("at_least = 1", "at_least = 4", "safety_items[1].at_least: is 4, outside the range 0 to 3"),
    ('message = "Speak with the person."\n', "", "safety_items[1].message: is missing"),
    # the text itself
    ('title = "Mood"', 'title = "Mood', "line 2, column 14: is not TOML"),
    ('title = "Mood"', 'title = "Mood"\ntitle = "Mood"', "line 3, column 15: is not TOML: Cannot"),
    ('source = "A 2001"\n', 'source = """A', "is not TOML"),
]


@pytest.mark.parametrize(
    ("before", "after", "fault"), SINGLE_FAULTS, ids=[fault for _, _, fault in SINGLE_FAULTS]
)
def test_a_faulty_definition_is_refused_by_file_and_field(
    tmp_path: Path, before: str, after: str, fault: str
) -> None:
    # The licence comes last and shares its words with others: change the last one.
    head, tail = DEFINITION.rsplit("[licence]", 1)
    if before in head and not before.startswith('source = "A 2001"\n'):
        text = changed(head, before, after) + "[licence]" + tail
    else:
        text = head + "[licence]" + changed(tail, before, after)
    found = refusals(tmp_path, text)
    assert any(one.startswith("own/mood.toml, ") and fault in one for one in found)
    assert len(found) <= 3  # one slip is not drowned in its consequences


@pytest.mark.parametrize(
    ("before", "after", "faults"),
    [
        (
            "minimum = 0\nmaximum = 9\n",
            "",
            [
                "scales[total].minimum: is missing; a scale without items has to state it",
                "scales[total].maximum: is missing; a scale without items has to state it",
            ],
        ),
        (
            "maximum = 9",
            "maximum = 0",
            ["scales[total].minimum: must be below maximum (0 to 0)"],
        ),
        (
            "maximum = 9",
            'maximum = 9\nmethod = "sum"\nmax_missing = 1',
            [
                "scales[total].method: has no meaning in a scale without items",
                "scales[total].max_missing: has no meaning in a scale without items",
            ],
        ),
        (
            'version = "1"',
            'version = "1"\nresponse_min = 0\nreverse = ["a"]',
            [
                "response_min: has no meaning in a measure without items",
                "reverse: has no meaning in a measure without items",
                "reverse: “a” is not among the items of this measure",
            ],
        ),
        (
            '[[scales]]\nkey = "total"\ntitle = "Mood total"\nminimum = 0\nmaximum = 9\n'
            'higher_is = "worse"\n',
            "",
            ["scales: is missing"],
        ),
        (
            '[[scales]]\nkey = "total"\ntitle = "Mood total"\nminimum = 0\nmaximum = 9\n'
            'higher_is = "worse"\n',
            "scales = []\n",
            ["scales: is empty; a measure needs at least one"],
        ),
    ],
)
def test_faults_of_a_measure_of_ready_made_scores(
    tmp_path: Path, before: str, after: str, faults: list[str]
) -> None:
    found = refusals(tmp_path, changed(SCORES_ONLY, before, after))
    assert found == [f"own/mood.toml, {fault}" for fault in faults]


def test_all_faults_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    text = DEFINITION
    for before, after in [
        ('title = "Mood"\n', "colour = 3\n"),
        ("from = 5", "from = 50"),
        ('reverse = ["mood_2"]', 'reverse = ["mood_5"]'),
        ('item = "mood_3"', 'item = "mood_6"'),
    ]:
        text = changed(text, before, after)
    refusals(tmp_path, "key = [", "broken.toml")
    assert refusals(tmp_path, text) == [
        "own/broken.toml, end of document: is not TOML: Invalid value",
        "own/mood.toml, title: is missing",
        "own/mood.toml, colour: is not a field that belongs here",
        "own/mood.toml, reverse: “mood_5” is not among the items of this measure",
        "own/mood.toml, scales[total].bands[2].from: is 50, outside the range 0 to 9",
        "own/mood.toml, safety_items[1].item: “mood_6” is not an item of this measure",
    ]


def test_a_file_that_is_not_utf8_is_refused_by_line(tmp_path: Path) -> None:
    found = refusals(tmp_path, DEFINITION.replace("Mood, three", "Stimmung für").encode("cp1252"))
    assert found == ["own/mood.toml, line 3: is not UTF-8 text"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            [("mood_1", "phq9_1")],
            "own/phq9b.toml, items[phq9_1].key: is already a column name in phq9.toml",
        ),
        (
            [('label = "Item 1"', 'label = "Item 1", loinc = "44250-9"')],
            "own/phq9b.toml, items[mood_1].loinc: 44250-9 is already items[phq9_1].loinc of "
            "phq9.toml",
        ),
        (
            [('key = "total"', 'key = "a"'), ("mood_3", "phq9b_a")],
            "own/phq9b.toml, scales[a].key: gives the column name phq9b_a, taken in own/phq9b.toml",
        ),
    ],
)
def test_names_that_two_measures_share_are_refused(
    tmp_path: Path, changes: list[tuple[str, str]], fault: str
) -> None:
    text = DEFINITION.replace('key = "mood"', 'key = "phq9b"')
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    assert refusals(tmp_path, text, "phq9b.toml") == [fault]


DEFINITIONS = [
    tomllib.loads((DEFAULT_FOLDER / f"{key}.toml").read_text("utf-8"))
    for key in ("phq9", "mos_sss", "support_grid", "hads")
]
JUNK: list[Any] = [
    None,
    "",
    "phq9_1",
    -1,
    3,
    2.5,
    True,
    float("inf"),
    [],
    ["a"],
    {},
    {"key": ["a"]},
]


@given(st.sampled_from(DEFINITIONS), st.randoms(use_true_random=False))
def test_no_definition_however_odd_breaks_the_checks(
    definition: dict[str, Any], choice: random.Random
) -> None:
    """Junk in a few places gives faults or passes, but never another kind of error."""
    odd = copy.deepcopy(definition)
    for _ in range(choice.randint(1, 4)):
        container, place = choice.choice(list(_places(odd)))
        container[place] = choice.choice(JUNK)
    with_ranges(odd)
    for field, what in inconsistencies(odd, "phq9"):
        assert field
        assert what


def _places(part: Any) -> Iterator[tuple[Any, Any]]:
    children = part.items() if isinstance(part, dict) else enumerate(part)
    for place, child in children:
        yield part, place
        if isinstance(child, (dict, list)) and child:
            yield from _places(child)
