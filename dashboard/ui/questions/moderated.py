"""Does tangible support matter more to older patients? Do optimism and resilience buffer?

Both ask whether something goes with the outcome more strongly, the more there is of another.
"""

from collections.abc import Mapping

import pandas as pd

from dashboard.analysis.disclosure import safe_parts
from dashboard.analysis.questions import Moderated
from dashboard.analysis.regression import Estimate
from dashboard.charts.canvas import plain
from dashboard.charts.fitted_lines import FittedLine, fitted_lines
from dashboard.charts.slope_along import Labels, slope_along
from dashboard.ui.page import Number
from dashboard.ui.questions.chosen import Chosen, Picture, View, spread


def view(chosen: Chosen, found: Moderated) -> View:
    fitted = found.fitted
    of_age = chosen.question == "age"
    x = chosen.title(chosen.choices["support"])
    trait = "" if of_age else chosen.title(chosen.choices["trait"])
    unit, said_unit, amount = chosen.unit(chosen.choices["support"])
    low_at, _, high_at = found.shown_at
    low, high = (fitted.slope(at).times(unit) for at in (low_at, high_at))
    change = fitted.interaction.times(unit * (10.0 if of_age else fitted.sd_m))
    agreement = _agreement(chosen, found, change)
    values = {
        "x": x,
        "trait": trait,
        "outcome": chosen.outcome,
        "adjusted": chosen.adjusted("age") if of_age else chosen.adjusted(),
        "unit": said_unit,
        "amount": amount,
        "low_at": chosen.tenths(low_at),
        "high_at": chosen.tenths(high_at),
        "low": chosen.said(low),
        "high": chosen.said(high),
        "change": chosen.said(change),
    }
    return View(
        chosen.own(f"answer_{agreement}", **values),
        chosen.own("explanation", **values),
        [
            *(
                chosen.card(chosen.own("card_at", at=chosen.tenths(at), trait=trait), slope)
                for at, slope in ((low_at, low), (high_at, high))
            ),
            chosen.card(chosen.own("card_change", trait=trait), change),
            Number(
                chosen.say("direction.label"),
                chosen.say(f"direction.{agreement}"),
                chosen.say(f"direction.{agreement}_note"),
            ),
        ],
        chosen.own("here", **values),
        [_slopes(chosen, found, unit, values), _lines(chosen, found, values)],
        chosen.own("estimand", **values),
        chosen.own("method", **values),
        found.people,
        found.forms,
        (
            found.without,
            chosen.say("line.without_beside", beside=x)
            if of_age
            else chosen.say("line.without_either", beside=x, trait=trait),
        ),
    )


def _agreement(chosen: Chosen, found: Moderated, change: Estimate) -> str:
    """Whether what we see goes the way of the claim: support matters more with age; what weighs on
    a person, or a lack of support, matters less with a resource."""
    if not change.clear:
        return "unclear"
    if chosen.question == "age":
        claimed = -1 if chosen.outcome_scale.higher_is == "worse" else 1
    else:
        claimed = -1 if found.fitted.slope(found.shown_at[0]).value > 0 else 1
    return "same" if change.value * claimed > 0 else "opposite"


def _slopes(chosen: Chosen, found: Moderated, unit: float, values: Mapping[str, str]) -> Picture:
    fitted = found.fitted
    counts = [count for _, _, count in found.bins]
    shown = [
        chosen.say("slope.hidden") if count is None else chosen.number(count)
        for count in safe_parts(counts, chosen.session.minimum_cell)
    ]
    stretches = [
        (start, end, text) for (start, end, _), text in zip(found.bins, shown, strict=True)
    ]
    along = chosen.own("along", **values)
    return Picture(
        f"{chosen.question}_slopes",
        slope_along(
            fitted,
            found.region,
            unit,
            stretches,
            Labels(
                up=plain(chosen.say("slope.up", **values)),
                along=plain(along),
                curve=chosen.say("slope.curve"),
                clear=chosen.say("slope.clear"),
                unclear=chosen.say("slope.unclear"),
                counted=chosen.say("slope.counted"),
            ),
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    along: chosen.say("between", low=chosen.tenths(start), high=chosen.tenths(end)),
                    **chosen.values(
                        fitted.slope(
                            min(max((start + end) / 2, fitted.low_m), fitted.high_m)
                        ).times(unit)
                    ),
                    chosen.say("column.people"): text,
                }
                for start, end, text in stretches
            ]
        ),
        chosen.own("slope_title", **values),
        chosen.own("slope_reading", **values),
        chosen.say("slope.how"),
    )


def _lines(chosen: Chosen, found: Moderated, values: Mapping[str, str]) -> Picture:
    fitted = found.fitted
    along = spread(fitted.low_x, fitted.high_x)
    lines = [
        FittedLine(
            plain(chosen.own("at", at=chosen.tenths(at), trait=values["trait"])),
            along,
            [fitted.expected(x, at) for x in along],
        )
        for at in found.shown_at
    ]
    first, last = lines[0].y, lines[-1].y
    return Picture(
        f"{chosen.question}_lines",
        fitted_lines(
            lines,
            chosen.outcome_range,
            chosen.cut_off,
            plain(values["x"]),
            chosen.session.words,
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    chosen.own("along", **values): chosen.tenths(at),
                    values["x"]: chosen.tenths(x),
                    **chosen.values(fitted.expected(x, at)),
                }
                for at in found.shown_at
                for x in (along[0], along[-1])
            ]
        ),
        chosen.own("lines_title", **values),
        chosen.own(
            "lines_reading",
            **values,
            from_low=chosen.tenths(first[0].value),
            to_low=chosen.tenths(first[-1].value),
            from_high=chosen.tenths(last[0].value),
            to_high=chosen.tenths(last[-1].value),
        ),
        chosen.say("slope.how_lines"),
    )
