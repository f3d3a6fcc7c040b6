"""Which comes first, support or coping? From one wave to the next, both ways."""

import pandas as pd

from dashboard.analysis.lagged import Paths
from dashboard.analysis.questions import First
from dashboard.charts.associations import Row, associations
from dashboard.ui.page import Number
from dashboard.ui.questions.chosen import Chosen, Picture, Table, View


def view(chosen: Chosen, found: First) -> View:
    measured = found.measured
    x, y = chosen.title(chosen.choices["support"]), chosen.title(chosen.choices["coping"])
    values = {
        "x": x,
        "y": y,
        "x_to_y": chosen.said(measured.x_to_y),
        "y_to_x": chosen.said(measured.y_to_x),
    }
    people = chosen.number(measured.people)
    return View(
        chosen.own(f"answer_{_order(measured)}", **values),
        chosen.own("explanation", **values),
        [
            chosen.card(chosen.own("card_forward"), measured.x_to_y),
            chosen.card(chosen.own("card_back"), measured.y_to_x),
            Number(
                chosen.own("card_people"),
                chosen.own("card_people_value", people=people, waves=chosen.number(measured.waves)),
                chosen.own("card_people_note", forms=chosen.number(measured.forms)),
            ),
            _reliability(chosen, found),
        ],
        chosen.own("here", **values),
        [_paths(chosen, found, values)],
        chosen.own("estimand", **values),
        chosen.own("method", **values, corrected=_corrected(chosen, found, values)),
        measured.people,
        measured.forms,
        tables=[
            Table(
                chosen.own("carry_title"),
                chosen.own("carry_how"),
                pd.DataFrame(
                    [
                        {
                            chosen.say("column.what"): chosen.own(key),
                            chosen.say("column.value"): chosen.told(path)["value"],
                            chosen.say("column.interval"): chosen.between(path),
                        }
                        for key, path in (
                            ("carry_x", measured.x_to_x),
                            ("carry_y", measured.y_to_y),
                        )
                    ]
                ),
            )
        ],
    )


def _order(paths: Paths) -> str:
    forward, back = paths.x_to_y, paths.y_to_x
    if any(path.clear and path.value < 0 for path in (forward, back)):
        return "mixed"
    if forward.clear:
        return "both" if back.clear else "x"
    return "y" if back.clear else "neither"


def _reliability(chosen: Chosen, found: First) -> Number:
    label = chosen.own("card_reliability")
    if found.reliabilities is None:
        return Number(
            label, chosen.own("card_reliability_none"), chosen.own("card_reliability_none_note")
        )
    x, y = (chosen.number(one) for one in found.reliabilities)
    return Number(
        label, chosen.own("card_reliability_value", x=x, y=y), chosen.own("card_reliability_note")
    )


def _corrected(chosen: Chosen, found: First, values: dict[str, str]) -> str:
    if found.corrected is None or found.reliabilities is None:
        return ""
    return chosen.own(
        "method_corrected",
        alpha_x=chosen.number(found.reliabilities[0]),
        alpha_y=chosen.number(found.reliabilities[1]),
        x_to_y=chosen.said(found.corrected.x_to_y),
        y_to_x=chosen.said(found.corrected.y_to_x),
    )


def _paths(chosen: Chosen, found: First, values: dict[str, str]) -> Picture:
    rows, told = [], []
    for key, of in (("forward", "x_to_y"), ("back", "y_to_x")):
        name, below = chosen.own(f"path_{key}"), chosen.own(f"path_{key}_below")
        for paths, how in ((found.measured, "measured"), (found.corrected, "corrected")):
            if paths is not None:
                main = how == "measured"
                path = {"x_to_y": paths.x_to_y, "y_to_x": paths.y_to_x}[of]
                said = chosen.own(how)
                rows.append(
                    Row(
                        name if main else said,
                        below if main else "",
                        path,
                        chosen.written(path),
                        main,
                    )
                )
                told.append((f"{name} {below}, {said}", path, chosen.number(paths.people)))
    return Picture(
        "first_paths",
        associations(
            rows,
            chosen.own("axis"),
            (chosen.own("lower"), chosen.own("higher")),
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        chosen.table(told),
        chosen.own("title"),
        chosen.own("reading", **values),
        chosen.own("how", **values),
    )
