"""Is mismatch worse than low support? The response surface, and the four cells."""

import pandas as pd

from dashboard.analysis import need_and_distress
from dashboard.analysis.disclosure import safe_parts
from dashboard.analysis.questions import Mismatched
from dashboard.analysis.regression import Estimate
from dashboard.charts.four_cells import four_cells
from dashboard.charts.surface_map import HIGH, LOW, surface_map
from dashboard.charts.surface_relief import surface_relief
from dashboard.ui.page import Number
from dashboard.ui.questions.chosen import Chosen, Picture, Table, View, side

# Terms of the surface, with where each lies and what it is called.
_TERMS = (
    ("a1", "along_match", "slope"),
    ("a2", "along_match", "curve"),
    ("a3", "along_mismatch", "slope"),
    ("a4", "along_mismatch", "curve"),
    ("a5", "valley", "turn"),
)


def view(chosen: Chosen, found: Mismatched) -> View:
    curve = found.surface.term("a4")
    kind = chosen.choices["support_type"]
    values = {
        "outcome": chosen.outcome,
        "adjusted": chosen.adjusted(),
        "curve": chosen.said(curve),
        "type": chosen.own("type_all") if kind is None else _kind(chosen, kind),
        "sides": chosen.own("method_no_sides")
        if found.under_less_over is None
        else chosen.said(found.under_less_over),
    }
    if found.under is not None and found.over is not None:
        values |= {"said": chosen.said(found.under), "over": chosen.said(found.over)}
        answer, explanation, here = f"answer_{side(found.under)}", "explanation", "here"
    else:
        rises = curve.clear and curve.value > 0
        answer = "answer_curve" if rises else "answer_flat"
        explanation, here = "explanation_few", "here_curve"
    return View(
        chosen.own(answer, **values),
        chosen.own(explanation, **values),
        _cards(chosen, found),
        chosen.own(here, **values),
        [_map(chosen, found), _relief(chosen, found), *_four(chosen, found)],
        chosen.own("estimand", **values),
        chosen.own("method", **values),
        found.people,
        found.forms,
        tables=[_terms(chosen, found)],
    )


def _kind(chosen: Chosen, kind: str) -> str:
    return chosen.session.words.say(f"type.{kind}")


def _cards(chosen: Chosen, found: Mismatched) -> list[Number]:
    shown = []
    for key, one in (
        ("card_under", found.under),
        ("card_over", found.over),
        ("card_sides", found.under_less_over),
    ):
        label = chosen.own(key)
        shown.append(
            Number(label, chosen.own("card_none"), chosen.own("card_none_note"))
            if one is None
            else chosen.card(label, one, chosen.own(f"{key}_help"))
        )
    counts = [
        chosen.part(count, found.forms)
        for count in safe_parts(list(found.counts.values()), chosen.session.minimum_cell)
    ]
    return [
        *shown,
        Number(chosen.own("card_counts"), " · ".join(counts), chosen.own("card_counts_note")),
    ]


def _map(chosen: Chosen, found: Mismatched) -> Picture:
    cells = [
        (float(need), float(got), found.surface.expected(need, got), int(people))
        for need, got, people in found.cells[["need", "received", "people"]].to_numpy()
    ]
    return Picture(
        "mismatch_map",
        surface_map(
            found.surface,
            found.cells,
            found.corners,
            chosen.session.words,
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    chosen.own("need"): chosen.tenths(need),
                    chosen.own("received"): chosen.tenths(got),
                    **chosen.values(expected),
                    chosen.say("column.people"): chosen.number(people),
                }
                for need, got, expected, people in cells
            ]
        ),
        chosen.own("map_title"),
        _map_reading(chosen, cells),
        chosen.own("how_map", outcome=chosen.outcome),
    )


def _map_reading(chosen: Chosen, cells: list[tuple[float, float, Estimate, int]]) -> str:
    if not cells:
        return chosen.own("map_reading_none")
    ranked = sorted(cells, key=lambda cell: cell[2].value)
    (low_need, low_received, lowest, _), (need, received, highest, _) = ranked[0], ranked[-1]
    return chosen.own(
        "map_reading",
        outcome=chosen.outcome,
        highest=chosen.tenths(highest.value),
        need=chosen.tenths(need),
        received=chosen.tenths(received),
        lowest=chosen.tenths(lowest.value),
        low_need=chosen.tenths(low_need),
        low_received=chosen.tenths(low_received),
    )


def _relief(chosen: Chosen, found: Mismatched) -> Picture:
    answers = (LOW, (LOW + HIGH) / 2, HIGH)
    return Picture(
        "mismatch_relief",
        surface_relief(
            found.surface,
            found.corners,
            chosen.outcome,
            chosen.session.words,
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    chosen.own("need"): chosen.tenths(need),
                    chosen.own("received"): chosen.tenths(got),
                    **chosen.values(found.surface.expected(need, got)),
                }
                for need in answers
                for got in answers
            ]
        ),
        chosen.own("relief_title"),
        chosen.own("relief_reading", outcome=chosen.outcome),
        chosen.own("how_relief"),
    )


def _terms(chosen: Chosen, found: Mismatched) -> Table:
    told = []
    for name, where, what in _TERMS:
        term = found.surface.term(name)
        told.append((where, chosen.own(what, name=name), term, f"says_{name}_{side(term)}"))
    for name, what in (("p21", "valley_slope"), ("p20", "valley_intercept")):
        axis = found.surface.axis(name)
        if axis is not None:
            told.append(("valley", chosen.own(what), axis, f"says_{name}"))
    return Table(
        chosen.own("table_title"),
        chosen.own("table_how"),
        pd.DataFrame(
            [
                {
                    chosen.say("column.where"): chosen.own(where),
                    chosen.say("column.term"): term,
                    chosen.say("column.value"): chosen.told(estimate)["value"],
                    chosen.say("column.interval"): chosen.between(estimate),
                    chosen.say("column.words"): chosen.own(says),
                }
                for where, term, estimate, says in told
            ]
        ),
    )


def _four(chosen: Chosen, found: Mismatched) -> list[Picture]:
    """The four cells, where the outcome has a cut-off, without those that tell of few people."""
    screen = chosen.outcome_scale.screen
    if screen is None:
        return []
    newest = found.newest.assign(distress=found.newest["outcome"], cut_off=screen.at_least)
    every = need_and_distress.four_cells(newest)
    shown = safe_parts([cell.n for cell in every], chosen.session.minimum_cell)
    cells = [cell for cell, n in zip(every, shown, strict=True) if n is not None]
    if len(cells) < 2:
        return []
    words = chosen.session.words
    return [
        Picture(
            "mismatch_four",
            four_cells(
                cells,
                chosen.outcome,
                chosen.outcome_range,
                screen.at_least,
                words,
                chosen.session.palette,
                narrow=chosen.session.narrow,
            ),
            need_and_distress.four_rows(cells, words),
            chosen.own("four_title"),
            need_and_distress.four_in_words(cells, chosen.outcome, words),
            chosen.own("four_how"),
        )
    ]
