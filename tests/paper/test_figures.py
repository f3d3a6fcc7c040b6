"""Figures for print: every number has its mark, and nothing is drawn where nothing was measured."""

from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from dashboard.paper.dumbbells import Dumbbell, dumbbells
from dashboard.paper.line_panels import Band, Panel, Point, line_panels

START = date(2025, 1, 1)


def day(number: int) -> date:
    return START + timedelta(days=number)


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def marks(root: ElementTree.Element, name: str, colour: str) -> list[ElementTree.Element]:
    return [one for one in root if one.tag.endswith(name) and one.get("stroke") == colour]


def words(root: ElementTree.Element) -> list[str]:
    return [str(one.text) for one in root if one.tag.endswith("text")]


def ends(line: ElementTree.Element) -> tuple[float, float]:
    places = str(line.get("points")).split()
    return float(places[0].split(",")[0]), float(places[-1].split(",")[0])


def panel(**changed: object) -> Panel:
    given: dict[str, object] = {
        "title": "PHQ-9",
        "about": ("Distress 0–27, higher = worse",),
        "minimum": 0.0,
        "maximum": 27.0,
        "ticks": ((0.0, "0"), (27.0, "27")),
        "points": tuple(Point(day(30 * number), 10.0 + number) for number in range(6)),
        "runs": ((0, 2), (3, 5)),
        "colour": "#123456",
    }
    return Panel(**{**given, **changed})  # type: ignore[arg-type]


def panels(*several: Panel) -> ElementTree.Element:
    return drawn(line_panels(several, START, day(200), [(day(0), ("Jan", "2025"))]))


def test_every_score_has_a_mark_at_its_day_and_height() -> None:
    rings = marks(panels(panel()), "circle", "#123456")
    across = [float(str(ring.get("cx"))) for ring in rings]
    heights = [float(str(ring.get("cy"))) for ring in rings]
    assert len(rings) == 6
    steps = [later - earlier for earlier, later in zip(across, across[1:], strict=False)]
    assert steps == pytest.approx([steps[0]] * 5, abs=0.02)
    assert heights == sorted(heights, reverse=True)


def test_a_line_breaks_where_a_form_is_missing() -> None:
    root = panels(panel())
    rings = [float(str(ring.get("cx"))) for ring in marks(root, "circle", "#123456")]
    lines = [ends(line) for line in marks(root, "polyline", "#123456")]
    assert lines == [(rings[0], rings[2]), (rings[3], rings[5])]


def test_a_gap_and_a_form_without_a_score_are_said() -> None:
    told = words(
        panels(
            panel(
                gaps=((day(60), day(150), ("no form, 90 days", "declined", "word " * 60)),),
                without_value=((day(175), "too few answers (3 of 9)"),),
                points=tuple(Point(day(30 * number), 20.0) for number in range(3)),
                runs=((0, 2),),
            )
        )
    )
    assert {"no form, 90 days", "declined", "too few answers (3 of 9)"} <= set(told)
    assert not [text for text in told if text.startswith("word ")]


def test_the_threshold_is_named_and_the_current_band_bold() -> None:
    root = panels(
        panel(
            threshold=(10.0, "cut-off 10 · Somebody 2001"),
            bands=(Band("mild 5–9", 7, False), Band("11  moderate 10–14", 12, True)),
        )
    )
    assert "cut-off 10 · Somebody 2001" in words(root)
    bold = [one.text for one in root if one.get("font-weight") == "bold"]
    assert bold == ["PHQ-9", "11  moderate 10–14".replace("  ", " ")]


def test_a_reliable_change_has_another_shape_and_a_word() -> None:
    points = (Point(day(0), 20.0), Point(day(60), 8.0, mark="down", says="reliably better"))
    root = panels(panel(points=points, runs=((0, 1),)))
    assert len(marks(root, "circle", "#123456")) == 1
    assert len(marks(root, "polygon", "#123456")) == 1
    assert "reliably better" in words(root)


def test_words_never_lie_on_each_other() -> None:
    crowd = tuple(
        Point(day(20 * number), 13.0, mark="up", says="reliably worse") for number in range(10)
    )
    root = panels(panel(points=crowd, runs=((0, 9),), threshold=(13.0, "cut-off 13")))
    boxes = [
        (float(str(one.get("x"))), float(str(one.get("y"))), len(str(one.text)))
        for one in root
        if one.get("paint-order")
    ]
    assert len(boxes) > 2
    for place, (x, y, letters) in enumerate(boxes):
        for other_x, other_y, other_letters in boxes[place + 1 :]:
            apart = (letters + other_letters) / 2 * 6.6 * 0.47
            assert abs(x - other_x) >= apart - 0.1 or abs(y - other_y) >= 6.5


def test_measurement_error_is_drawn_inside_the_range_also_for_a_single_score() -> None:
    sure = (Point(day(0), 26.0, lower=24.0, upper=27.0),)
    root = panels(panel(points=sure, runs=((0, 0),)))
    areas = [one for one in root if one.get("fill-opacity")]
    assert len(areas) == 1


@pytest.mark.parametrize(
    ("need", "received", "bars", "drawn_marks"),
    [(4.0, 1.0, 1, 2), (None, 1.0, 0, 1), (3.0, None, 0, 1), (None, None, 0, 0), (2.0, 2.0, 1, 2)],
)
def test_a_dumbbell_needs_both_answers_for_its_bar(
    need: float | None, received: float | None, bars: int, drawn_marks: int
) -> None:
    row = Dumbbell("Emotional", need, received, "▼ under by 3", True, "#ABCDEF", error=0.6)
    root = drawn(dumbbells([row], 4, "Needed", "Received"))
    assert len(marks(root, "polyline", "#ABCDEF")) == bars
    of_the_row = [
        one
        for one in root
        if one.tag.endswith(("circle", "polygon"))
        and float(str(one.get("cy") or str(one.get("points")).split(",")[1].split()[0])) > 10
    ]
    assert len(of_the_row) == drawn_marks
    assert {"Needed", "Received", "Emotional", "▼ under by 3"} <= set(words(root))
