"""The figures of the Mismatch page: what is drawn, what is written, what can be read."""

from datetime import date

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.analysis.gap_trend import Trend, month_ends
from dashboard.analysis.mismatch_cells import COLUMNS, STATES, matrix
from dashboard.analysis.need_and_distress import FourCell
from dashboard.analysis.support import TYPES
from dashboard.analysis.time_to_match import curve
from dashboard.charts.four_cells import four_cells
from dashboard.charts.gap_trend import gap_trend
from dashboard.charts.mismatch_matrix import GLYPHS, fills, ink_on, mismatch_matrix
from dashboard.charts.palette import DARK, LIGHT, READABLE, Palette, contrast
from dashboard.charts.time_to_match import time_to_match
from dashboard.language import words_in

ENGLISH = words_in("en")
both_themes = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda one: one.theme)


def words_on(figure: go.Figure) -> str:
    return "\n".join(note.text for note in figure.layout.annotations)


def told(*states: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"support_type": name, "source": source, "state": state}
            for name in TYPES
            for source in COLUMNS
            for state in states
        ]
    )


@both_themes
def test_every_number_can_be_read_on_its_piece(palette: Palette) -> None:
    for state, fill in fills(palette).items():
        assert contrast(ink_on(fill, palette), fill) >= READABLE, state


def test_every_bar_is_a_hundred_per_cent_and_begins_with_under() -> None:
    figure = mismatch_matrix(matrix(told(*STATES, "under")), ("esteem", ""), ENGLISH, LIGHT)
    for place in range(len(TYPES) * len(COLUMNS)):
        pieces = [(bar.base[place], bar.x[place]) for bar in figure.data]
        assert sum(width for _, width in pieces) == pytest.approx(1)
        assert pieces[0][0] == min(base for base, _ in pieces)
        for (base, width), (following, _) in zip(pieces, pieces[1:], strict=False):
            assert base + width == pytest.approx(following)


def test_a_click_says_which_piece_it_was() -> None:
    figure = mismatch_matrix(matrix(told(*STATES)), ("esteem", ""), ENGLISH, LIGHT)
    said = {tuple(one) for bar in figure.data for one in bar.customdata}
    assert said == {
        (name, source, state) for name in TYPES for source in COLUMNS for state in STATES
    }


def test_glyph_number_and_word_and_n() -> None:
    for pair in (STATES[:2], STATES[2:4], STATES[3:]):
        large = mismatch_matrix(matrix(told(*pair)), ("esteem", ""), ENGLISH, LIGHT)
        told_of = {bar.customdata[0][2]: bar.text[0] for bar in large.data if len(bar.x)}
        assert {state: text.strip("<b>/") for state, text in told_of.items()} == {
            state: f"{GLYPHS[state]} 50" for state in pair
        }
    figure = mismatch_matrix(matrix(told(*STATES)), ("esteem", ""), ENGLISH, LIGHT)
    assert {bar.text[0] for bar in figure.data} == {"20"}, "no room for more than the number"
    written = words_on(figure)
    for state in STATES:
        assert f"<b>{ENGLISH.say(f'mismatch.state.{state}')}</b>" in written
    assert written.count("n 5") == len(TYPES) * len(COLUMNS)


def test_long_names_keep_clear_of_the_next_column() -> None:
    greek = words_in("el")
    written = words_on(mismatch_matrix(matrix(told("met")), ("esteem", ""), greek, LIGHT))
    assert "Όλες οι<br>πηγές" in written
    assert "Ομάδα<br>φροντίδας" in written
    assert "Οικογένεια" in written


def test_small_cells_are_said_to_be_hidden_and_are_not_drawn() -> None:
    figure = mismatch_matrix(matrix(told(*STATES), 10), ("esteem", ""), ENGLISH, LIGHT)
    assert not [bar for bar in figure.data if bar.x]
    assert words_on(figure).count("fewer than 10") == len(TYPES) * len(COLUMNS)


def test_nobody_asked_is_not_an_empty_place() -> None:
    figure = mismatch_matrix(matrix(told("met").iloc[:1]), ("esteem", ""), ENGLISH, LIGHT)
    assert words_on(figure).count("nobody asked") == len(TYPES) * len(COLUMNS) - 1


def test_on_a_phone_each_cell_has_its_line() -> None:
    figure = mismatch_matrix(matrix(told(*STATES)), ("esteem", ""), ENGLISH, LIGHT, narrow=True)
    assert sorted(set(figure.data[0].y)) == list(range(len(TYPES) * len(COLUMNS)))
    assert set(figure.data[0].base) == {0}


def test_no_line_is_drawn_across_a_month_without_anyone() -> None:
    days = month_ends(date(2026, 6, 30))
    judged = [10] * 5 + [0] + [10] * 6
    told_of = [Trend(name, days, judged, [3] * 5 + [0] + [4] * 6) for name in TYPES]
    figure = gap_trend(told_of, ENGLISH, LIGHT)
    assert len(figure.data) == len(TYPES)
    assert [line.y[5] for line in figure.data] == [None] * len(TYPES)
    assert not any(line.connectgaps for line in figure.data)
    assert words_on(figure).count("40% of 10") == len(TYPES)


def test_panels_stand_in_the_order_of_the_matrix_and_apart() -> None:
    days = month_ends(date(2026, 6, 30))
    figure = gap_trend([Trend(name, days, [9] * 12, [1] * 12) for name in TYPES], ENGLISH, LIGHT)
    for before, after in zip(figure.data, figure.data[1:], strict=False):
        assert before.x[-1] < after.x[0]
    places = [words_on(figure).index(ENGLISH.say(f"type.{name}")) for name in TYPES]
    assert places == sorted(places)


def test_each_curve_has_its_half_and_those_still_followed() -> None:
    openings = pd.DataFrame({"days": [49, 49, 200, 400], "met": [True, True, False, False]})
    told_of = [curve("tangible", openings), curve("esteem", openings.iloc[2:])]
    written = words_on(time_to_match(told_of, "type", ENGLISH, LIGHT))
    assert "half by 49 d" in written
    assert "half by 49 days" not in written
    assert "half not reached" in written
    assert "0<br>4" in written
    assert "180<br>2" in written
    assert "360<br>1" in written


def test_names_from_files_are_shown_and_not_run() -> None:
    openings = pd.DataFrame({"days": [1, 2], "met": [True, False]})
    figure = time_to_match([curve("<a href='x'>y</a>", openings)], "site", ENGLISH, LIGHT)
    assert "<a href" not in words_on(figure)


def test_cells_of_few_people_are_named_without_a_mark() -> None:
    told_of = [
        FourCell("wanted_received", 40, 4, 2.0, 1.5, 2.5, 0.1, 0.04, 0.23),
        FourCell("wanted_only", 30, 15, 5.0, 4.4, 5.6, 0.5, 0.33, 0.67),
        FourCell("received_only", 6, 3),
        FourCell("neither", 20, 2, 2.1, 1.4, 2.8, 0.1, 0.03, 0.30),
    ]
    figure = four_cells(told_of, "Distress", (0, 10), 4, ENGLISH, LIGHT)
    assert [trace.x[0] for trace in figure.data] == [2.0, 5.0, 2.1]
    assert len({trace.marker.symbol for trace in figure.data}) == 3
    written = words_on(figure)
    assert "too few to say, n 6" in written
    assert "<b>5</b> (4.4 to 5.6), n 30" in written
    assert "50% (33% to 67%) at or above cut-off" in written
    assert "cut-off 4" in written
