"""Does being heard, respected and informed by the team go with less anxiety?"""

from collections.abc import Mapping

import pandas as pd

from dashboard.analysis.questions import Line, TooFew
from dashboard.charts.associations import Row, associations
from dashboard.charts.canvas import plain
from dashboard.charts.fitted_lines import FittedLine, fitted_lines
from dashboard.ui.page import Number
from dashboard.ui.questions.chosen import Chosen, Picture, View, side, spread

_AGREEMENT = {
    ("worse", "lower"): "same",
    ("worse", "higher"): "opposite",
    ("better", "higher"): "same",
    ("better", "lower"): "opposite",
}


def view(chosen: Chosen, found: Mapping[str, Line | TooFew]) -> View:
    line = found[chosen.choices["outcome"]]
    assert isinstance(line, Line)
    x = chosen.title(chosen.choices["team"])
    unit, said_unit, amount = chosen.unit(chosen.choices["team"])
    slope = line.slope.times(unit)
    values = {
        "x": x,
        "outcome": chosen.outcome,
        "unit": said_unit,
        "amount": amount,
        "said": chosen.said(slope),
        "adjusted": chosen.adjusted(),
    }
    agreement = _AGREEMENT.get((chosen.outcome_scale.higher_is, side(slope)), "unclear")
    ends = [
        Number(
            chosen.own("card_at", **values, at=chosen.tenths(at)),
            chosen.tenths(expected.value),
            chosen.say(
                "interval", low=chosen.tenths(expected.low), high=chosen.tenths(expected.high)
            ),
        )
        for at in (line.low_x, line.high_x)
        for expected in [line.expected(at)]
    ]
    return View(
        chosen.own(f"answer_{side(slope)}", **values),
        chosen.own("explanation", **values),
        [
            chosen.card(said_unit, slope),
            *ends,
            Number(
                chosen.say("direction.label"),
                chosen.say(f"direction.{agreement}"),
                chosen.say(f"direction.{agreement}_note"),
            ),
        ],
        chosen.own("here", **values),
        [_line(chosen, line, values), _measures(chosen, found, values)],
        chosen.own("estimand", **values),
        chosen.own("method", **values),
        line.people,
        line.forms,
        (line.without, chosen.say("line.without_beside", beside=x)),
    )


def _line(chosen: Chosen, line: Line, values: dict[str, str]) -> Picture:
    along = spread(line.low_x, line.high_x)
    told = [line.expected(x) for x in along]
    return Picture(
        "heard_line",
        fitted_lines(
            [FittedLine("", along, told)],
            chosen.outcome_range,
            chosen.cut_off,
            plain(values["x"]),
            chosen.session.words,
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {values["x"]: chosen.tenths(x), **chosen.values(line.expected(x))}
                for x in (along[0], along[len(along) // 2], along[-1])
            ]
        ),
        chosen.own("line_title", **values),
        chosen.own(
            "line_reading",
            **values,
            low_at=chosen.tenths(along[0]),
            high_at=chosen.tenths(along[-1]),
            first=chosen.tenths(told[0].value),
            last=chosen.tenths(told[-1].value),
        ),
        chosen.say("slope.how_lines"),
    )


def _measures(
    chosen: Chosen, found: Mapping[str, Line | TooFew], values: dict[str, str]
) -> Picture:
    lines = {name: one for name, one in found.items() if isinstance(one, Line)}
    strongest = max(lines, key=lambda name: abs(lines[name].in_sds.value))
    return Picture(
        "heard_measures",
        associations(
            [
                Row(
                    plain(chosen.title(name)),
                    chosen.own("below", n=chosen.number(one.people)),
                    one.in_sds,
                    chosen.written(one.in_sds),
                    main=name == chosen.choices["outcome"],
                )
                for name, one in lines.items()
            ],
            plain(chosen.own("axis", **values)),
            (chosen.own("lower"), chosen.own("higher")),
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        chosen.table(
            [
                (chosen.title(name), one.in_sds, chosen.number(one.people))
                for name, one in lines.items()
            ]
        ),
        chosen.own("measures_title"),
        chosen.own(
            "measures_reading",
            **values,
            scale=chosen.title(strongest),
            strongest=chosen.said(lines[strongest].in_sds),
        ),
        chosen.own("how", **values),
    )
