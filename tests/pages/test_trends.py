"""The Trends page: its answer, its groups, whom it names to whom, and where there is little."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.analysis.trend_change import answer_on_trends
from dashboard.analysis.trends import scales_of, trend
from dashboard.language import words_in
from dashboard.store import OPERATOR, Scope, Store
from dashboard.ui.plain import as_text
from tests.pages.conftest import Visitor, shown
from tests.queries.small_store import csv_text, imported

AS_OF = date(2026, 6, 30)
PSYCHOLOGIST = Scope("psychologist-1", "psychologist")
SERVICE = Scope("manager-1", "service")
TODAY = date(2026, 9, 1)


def trends_of(store: Store, scope: Scope, scale: str, grouping: Any, minimum: int) -> Any:
    followed = {one.key: one for one in scales_of(store.query("trend_scales", scope))}[scale]
    rows = store.query(
        "trend_months",
        scope,
        measure_key=followed.measure_key,
        scale_key=followed.scale_key,
        grouping=grouping,
        as_of=AS_OF,
    )
    return trend(rows, followed, grouping, AS_OF, 12, minimum)


def pictures(app: AppTest) -> dict[str, Any]:
    """The figures by the names of their files."""
    found = {}
    for chart in app.get("plotly_chart"):
        proto = chart.proto
        name = proto.id.rsplit("-", 1)[-1].removesuffix("_figure")
        found[name] = json.loads(proto.spec)
    return found


def everything(app: AppTest) -> str:
    """All that reached the reader, pictures and tables included."""
    return "\n".join(
        [
            shown(app),
            *(json.dumps(picture) for picture in pictures(app).values()),
            *(str(table.value.to_dict()) for table in app.dataframe),
        ]
    )


@pytest.mark.parametrize(
    ("person", "scope", "minimum"),
    [("psychologist-1", PSYCHOLOGIST, 1), ("manager-1", SERVICE, 10)],
)
def test_it_answers_since_when_and_for_whom(
    sample_store: Store, visitor: Visitor, person: str, scope: Scope, minimum: int
) -> None:
    app = visitor(sample_store, "trends", view_as=person, scale="gad7/total")
    assert not app.exception
    by_site = trends_of(sample_store, scope, "gad7/total", "site", minimum)
    expected = answer_on_trends(by_site.ungrouped, by_site, words_in("en"))
    assert "The share at or above 8 (GAD-7) fell from " in expected
    assert app.header[0].value == as_text(expected)


def test_the_cards_are_the_last_month(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "trends", view_as="psychologist-1")
    last = trends_of(sample_store, PSYCHOLOGIST, "phq9/total", "none", 1).total.months[-1]
    beside = trends_of(sample_store, PSYCHOLOGIST, "mos_sss/total", "none", 1).total.months[-1]
    words = words_in("en")
    assert [card.value for card in app.metric] == [
        words.share(last.share_above),
        words.number(last.quartiles[1]),
        words.number(beside.quartiles[1]),
        words.number(last.no_form),
    ]
    assert app.metric[0].delta == f"{last.above} of {last.scored}"


@pytest.mark.parametrize("grouping", ["site", "support", "program"])
def test_it_can_be_grouped(sample_store: Store, visitor: Visitor, grouping: str) -> None:
    app = visitor(sample_store, "trends", view_as="psychologist-1", by=grouping, months="2y")
    assert not app.exception
    assert len(app.get("plotly_chart")) == 4
    captions = "".join(text.value for text in app.caption)
    assert ("does not tell what a program does" in captions) == (grouping == "program")


def test_another_scale_and_what_stands_beside_it(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "trends", view_as="psychologist-1")
    app.selectbox(key="scale").set_value("mos_sss/total").run()
    assert not app.exception
    assert app.query_params["scale"] == "mos_sss/total"
    assert "The middle of MOS support" in app.header[0].value
    assert "neither bands nor a cut-off" in app.info[0].value
    assert app.selectbox(key="beside").value == "phq9/total"


def test_every_patient_is_listed_worst_first_some_at_a_time(
    sample_store: Store, visitor: Visitor
) -> None:
    app = visitor(sample_store, "trends", view_as="psychologist-1")
    courses = sample_store.query(
        "caseload_courses", PSYCHOLOGIST, measure_key="phq9", scale_key="total", as_of=AS_OF
    )
    assert len(courses) > 48
    listed = table_of_lines(app)
    assert len(listed) == 24
    assert "reliably worse" in listed["Standing"].iloc[0]
    assert f"Showing 24 of {len(courses)}: 1 to 24" in [text.value for text in app.markdown]
    app.button(key="lines_more").click().run()
    assert app.query_params["lines_page"] == "2"
    assert f"Showing 24 of {len(courses)}: 25 to 48" in [text.value for text in app.markdown]
    second = table_of_lines(app)
    assert not set(second["Patient"]) & set(listed["Patient"])
    app.button_group(key="standing").set_value("worse").run()
    assert not app.exception
    worse = table_of_lines(app)
    assert 0 < len(worse) < 24
    assert worse["Standing"].str.startswith("▲ reliably worse").all()


def table_of_lines(app: AppTest) -> pd.DataFrame:
    return next(table.value for table in app.dataframe if "open" in table.value)


def test_the_whole_service_names_nobody(sample_store: Store, visitor: Visitor) -> None:
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    own = sample_store.query("patients_in_scope", PSYCHOLOGIST)
    app = visitor(sample_store, "trends", view_as="psychologist-1")
    mine = everything(app)
    assert [patient for patient in own["patient_id"] if patient in mine]
    others = set(everyone["patient_id"]) - set(own["patient_id"])
    assert not [patient for patient in others if patient in mine]
    app.button_group(key="whose").set_value("service").run()
    assert not app.exception
    seen = everything(app)
    assert app.query_params["whose"] == "service"
    assert "caseload_lines" not in seen
    for column in ("patient_id", "patient_ref"):
        assert not [one for one in everyone[column] if one in seen]


@pytest.mark.parametrize("grouping", ["site", "program"])
def test_a_manager_is_told_no_small_number(
    sample_store: Store, visitor: Visitor, grouping: str
) -> None:
    app = visitor(sample_store, "trends", view_as="manager-1", by=grouping, months="2y")
    everyone = sample_store.query("patients_in_scope", OPERATOR)
    seen = everything(app)
    for column in ("patient_id", "patient_ref"):
        assert not [one for one in everyone[column] if one in seen]
    numbers = [
        int(cell)
        for table in app.dataframe
        for column in ("With a score", "No form", "Form without a score", "Patients")
        if column in table.value
        for cell in table.value[column]
        if cell.isdigit()
    ]
    assert len(numbers) > 50
    assert not [number for number in numbers if 0 < number < 10]
    assert "hidden" in seen


def test_it_is_closed_to_nurses_and_stewards(sample_store: Store, visitor: Visitor) -> None:
    for person in ("nurse-1", "steward-1"):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            visitor(sample_store, "trends", view_as=person)


def test_it_speaks_greek(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "trends", view_as="psychologist-1", lang="el", by="phase")
    assert not app.exception
    assert "των ασθενών" in app.header[0].value


def test_a_day_before_anything(sample_store: Store, visitor: Visitor) -> None:
    app = visitor(sample_store, "trends", view_as="manager-1", as_of="2020-01-01")
    assert not app.exception
    assert "No whole month" in app.info[0].value


def test_an_empty_store_says_where_to_begin(empty_store: Store, visitor: Visitor) -> None:
    app = visitor(empty_store, "trends", person="anna")
    assert not app.exception
    assert "no data here yet" in app.info[0].value


def small(folder: Path, rows: list[tuple[object, ...]]) -> Store:
    header = ("patient_id", "completed_on", *(f"phq9_{number}" for number in range(1, 10)))
    files = {"patients.csv": "patient_id,initials\nP1,AB\n"}
    if rows:
        files["phq9.csv"] = csv_text(header, rows)
    store, report = imported(folder, files, today=TODAY)
    assert report.stored, report.refused
    return store


def test_one_patient_with_two_forms(tmp_path: Path, visitor: Visitor) -> None:
    store = small(tmp_path, [("P1", "2026-06-01", *[0] * 9), ("P1", "2026-07-31", *[2] * 8, 0)])
    app = visitor(store, "trends", person="anna")
    assert not app.exception
    assert "Too few to say how PHQ" in app.header[0].value
    assert table_of_lines(app)["Standing"].tolist() == ["▲ reliably worse, +16 to 16"]
    # Nothing else was asked of anyone, so nothing stands beside it.
    assert [box.key for box in app.selectbox if box.key in {"scale", "beside"}] == ["scale"]


def test_no_month_is_over_yet(tmp_path: Path, visitor: Visitor) -> None:
    app = visitor(small(tmp_path, [("P1", "2026-08-12", *[1] * 9)]), "trends", person="anna")
    assert not app.exception
    assert "No whole month" in app.info[0].value
    assert table_of_lines(app)["Standing"].tolist() == ["○ first score, 9"]


def test_no_form_at_all(tmp_path: Path, visitor: Visitor) -> None:
    app = visitor(small(tmp_path, []), "trends", person="anna")
    assert not app.exception
    assert "No form has come in" in app.info[0].value
