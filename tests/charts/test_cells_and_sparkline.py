"""Item answers, completeness and the sparkline: what is missing is never drawn as a low value."""

from base64 import b64decode
from datetime import date
from xml.etree import ElementTree

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts.completeness import completeness
from dashboard.charts.item_answers import MOST_FORMS, item_answers
from dashboard.charts.palette import DARK, LIGHT
from dashboard.charts.sparkline import sparkline
from dashboard.language import words_in

ENGLISH = words_in("en")


def answers(days: list[str], given: dict[str, list[float | None]]) -> pd.DataFrame:
    """Rows as the query `patient_answers` gives them; the last item is a safety item."""
    keys = list(given)
    return pd.DataFrame(
        [
            {
                "assessment_id": form,
                "completed_on": pd.Timestamp(day),
                "item_key": key,
                "position": keys.index(key),
                "label": f"Label of {key}",
                "answer": given[key][form],
                "state": "missing" if given[key][form] is None else "answered",
                "minimum": 0.0,
                "maximum": 3.0,
                "safety": key == keys[-1],
            }
            for form, day in enumerate(days)
            for key in keys
        ]
    )


def figure_of(days: list[str], given: dict[str, list[float | None]]) -> go.Figure:
    return item_answers(answers(days, given), "distress", ENGLISH, LIGHT)


def test_every_answer_is_written_and_a_missing_one_is_not_zero() -> None:
    figure = figure_of(["2026-01-01", "2026-02-01"], {"a": [0, None], "s": [0, 0]})
    assert list(figure.data[0].z[0]) == [0, None]
    assert list(figure.data[0].text[0]) == ["0", "·"]


def test_the_safety_item_stands_apart_and_every_raised_answer_is_framed() -> None:
    figure = figure_of(["2026-01-01", "2026-02-01"], {"a": [3, 3], "s": [0, 1]})
    assert list(figure.data[1].y) == ["s"]
    frames = [shape for shape in figure.layout.shapes if shape.type == "rect"]
    assert [(frame.x0 + frame.x1) / 2 for frame in frames] == [1]
    assert frames[0].yref == "y2"
    assert figure.layout.yaxis2.ticktext == ("<b>Label of s</b>, safety  ",)


def test_a_missing_form_leaves_an_empty_column_with_its_length() -> None:
    days = ["2026-01-01", "2026-02-01", "2026-08-01"]
    figure = figure_of(days, {"a": [1, 2, 3], "s": [0, 0, 0]})
    assert list(figure.data[0].z[0]) == [1, 2, None, 3]
    assert [note.text for note in figure.layout.annotations] == ["no form, 181 days"]


def test_only_the_newest_forms_are_shown() -> None:
    days = [f"{2020 + month // 12}-{month % 12 + 1:02d}-01" for month in range(20)]
    many: list[float | None] = [1.0] * 20
    figure = figure_of(days, {"a": many, "s": many})
    assert len(figure.data[0].z[0]) == MOST_FORMS


def test_a_single_form_does_not_fill_the_width() -> None:
    axis = figure_of(["2026-01-01"], {"a": [1], "s": [0]}).layout.xaxis
    assert axis.range[1] - axis.range[0] >= 8


def test_a_sparkline_can_fill_a_taller_row() -> None:
    tall = svg_of(sparkline(DAYS, [0, 27, 5], DAYS[-1], 0, 27, None, ENGLISH, LIGHT, height=80))
    assert tall.attrib["viewBox"] == "0 0 132 80"
    heights = [float(circle.attrib["cy"]) for circle in tagged(tall, "circle")]
    assert (min(heights), max(heights)) == (8, 72)


def test_colour_runs_over_the_whole_answer_range() -> None:
    cells = figure_of(["2026-01-01"], {"a": [1], "s": [0]}).data[0]
    assert (cells.zmin, cells.zmax) == (0, 3)


def monthly() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "month": pd.to_datetime(["2026-01-01", "2026-02-01", "2026-01-01"]),
            "measure_title": ["PHQ-9", "PHQ-9", "GAD-7"],
            "forms": [10, 4, 5],
            "complete_forms": [9, 0, 5],
        }
    )


def test_completeness_is_a_share_and_no_form_is_an_empty_cell() -> None:
    cells = completeness(monthly(), ENGLISH, LIGHT).data[0]
    rows = dict(zip(cells.y, cells.z, strict=True))
    written = dict(zip(cells.y, cells.text, strict=True))
    assert list(rows["PHQ-9"]) == pytest.approx([0.9, 0.0])
    assert list(written["PHQ-9"]) == ["90", "0"]
    assert list(rows["GAD-7"]) == [1.0, None]
    assert list(written["GAD-7"]) == ["100", ""]


def test_a_year_is_written_where_it_begins() -> None:
    figure = completeness(monthly(), ENGLISH, LIGHT)
    assert figure.layout.xaxis.ticktext == ("Jan<br><b>2026</b>", "Feb")


def svg_of(address: str) -> ElementTree.Element:
    head, _, data = address.partition(",")
    assert head == "data:image/svg+xml;base64"
    return ElementTree.fromstring(b64decode(data))


DAYS = [date(2026, 1, 1), date(2026, 1, 11), date(2026, 4, 11)]


def picture(scores: list[float | None], cut_off: float | None = 10.0) -> ElementTree.Element:
    return svg_of(sparkline(DAYS[: len(scores)], scores, DAYS[-1], 0, 27, cut_off, ENGLISH, LIGHT))


def tagged(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.tag.endswith(f"}}{name}")]


def test_the_sparkline_has_true_dates() -> None:
    points = tagged(picture([1, 2, 3]), "polyline")[0].attrib["points"].split()
    first, second, third = (float(point.split(",")[0]) for point in points)
    assert (second - first) / (third - first) == pytest.approx(10 / 100, abs=0.01)


def test_the_sparkline_breaks_at_a_form_without_a_score() -> None:
    root = picture([1, None, 3])
    assert not tagged(root, "polyline")
    rings = [circle for circle in tagged(root, "circle") if circle.attrib["fill"] == "none"]
    assert len(rings) == 1


def test_the_sparkline_writes_the_last_score_and_its_cut_off() -> None:
    root = picture([1, 2, 17.25])
    assert tagged(root, "text")[0].text == "17.2"
    assert len(tagged(root, "line")) == 1
    assert not tagged(picture([1, 2, 3], cut_off=None), "line")


def test_a_sparkline_without_any_score_is_still_a_picture() -> None:
    assert not tagged(picture([None]), "text")


def test_the_sparkline_takes_the_colours_of_the_theme() -> None:
    dark = sparkline(DAYS, [1, 2, 3], DAYS[-1], 0, 27, None, ENGLISH, DARK)
    assert DARK.distress in b64decode(dark.partition(",")[2]).decode()
