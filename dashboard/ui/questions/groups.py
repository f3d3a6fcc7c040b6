"""Do group programs lower distress? Those who came beside those who were offered one."""

import pandas as pd

from dashboard.analysis.disclosure import safe_table
from dashboard.analysis.group_offers import FOLLOW_UP_DAYS, Arm, GroupComparison
from dashboard.charts.associations import Row, associations
from dashboard.charts.came_or_not import came_or_not
from dashboard.charts.canvas import plain
from dashboard.ui.page import Number
from dashboard.ui.questions.chosen import Chosen, Picture, Table, View, side


def view(chosen: Chosen, found: GroupComparison) -> View:
    adjusted = found.adjusted
    values = {
        "outcome": chosen.outcome,
        "said": chosen.said(adjusted),
        "adjusted": chosen.adjusted(),
        "days": str(FOLLOW_UP_DAYS),
        "amount": chosen.number(abs(round(adjusted.value, 2))),
    }
    attrition = _attrition(chosen, found)
    return View(
        chosen.own(f"answer_{side(adjusted)}", **values),
        chosen.own("explanation", **values),
        [
            chosen.card(chosen.own("card_difference"), adjusted),
            *(
                Number(
                    chosen.own("card_came" if arm.came else "card_stayed"),
                    _change(chosen, arm),
                    chosen.own("alone"),
                    explained=chosen.own("change_note", said=chosen.said(arm.change)),
                )
                for arm in (found.came, found.stayed)
            ),
            Number(
                chosen.own("card_scored"),
                " · ".join(attrition.rows[chosen.say("column.share")]),
                chosen.own("card_scored_note"),
            ),
        ],
        chosen.own("here", **values),
        [_differences(chosen, found, values), _before_after(chosen, found)],
        chosen.own("estimand", **values),
        chosen.own("method", **values),
        found.people,
        found.forms,
        tables=[attrition],
    )


def _change(chosen: Chosen, arm: Arm) -> str:
    before, after = chosen.tenths(arm.before.value), chosen.tenths(arm.after.value)
    return chosen.own("change", before=before, after=after)


def _name(chosen: Chosen, arm: Arm) -> str:
    return chosen.own("came" if arm.came else "stayed")


def _differences(chosen: Chosen, found: GroupComparison, values: dict[str, str]) -> Picture:
    told = [
        ("adjusted", found.adjusted),
        ("equal", found.at_equal_start),
        ("plain", found.unadjusted),
    ]
    return Picture(
        "groups_differences",
        associations(
            [
                Row(
                    chosen.own(f"{key}_row"),
                    chosen.own(f"{key}_below"),
                    estimate,
                    chosen.written(estimate),
                    main=key == "adjusted",
                )
                for key, estimate in told
            ],
            plain(chosen.own("axis", **values)),
            (chosen.own("lower"), chosen.own("higher")),
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        chosen.table(
            [
                (chosen.own(f"{key}_row"), estimate, chosen.number(found.people))
                for key, estimate in told
            ]
        ),
        chosen.own("differences_title"),
        chosen.own("differences_reading", **values),
        chosen.own("how_differences"),
    )


def _before_after(chosen: Chosen, found: GroupComparison) -> Picture:
    arms = (found.came, found.stayed)
    return Picture(
        "groups_before_after",
        came_or_not(
            found.came,
            found.stayed,
            chosen.outcome_range,
            chosen.cut_off,
            (_name(chosen, found.came), _name(chosen, found.stayed)),
            chosen.session.words,
            chosen.session.palette,
            narrow=chosen.session.narrow,
        ),
        pd.DataFrame(
            [
                {
                    chosen.say("column.group"): _name(chosen, arm),
                    chosen.say("column.at"): chosen.own(when),
                    **chosen.values(estimate),
                    chosen.say("column.people"): chosen.number(arm.compared),
                }
                for arm in arms
                for when, estimate in (("before", arm.before), ("after", arm.after))
            ]
        ),
        chosen.own("before_after_title"),
        chosen.own(
            "before_after_reading",
            came=_change(chosen, found.came),
            stayed=_change(chosen, found.stayed),
        ),
        chosen.own("how_before_after", days=FOLLOW_UP_DAYS),
    )


def _attrition(chosen: Chosen, found: GroupComparison) -> Table:
    """Everyone offered a group is without a score before, with one before only, or compared."""
    arms = (found.came, found.stayed)
    safe = safe_table(
        pd.DataFrame(
            {
                "without": [arm.offered - arm.with_before for arm in arms],
                "before": [arm.with_before - arm.compared for arm in arms],
                "compared": [arm.compared for arm in arms],
            }
        ),
        chosen.session.minimum_cell,
    ).notna()
    words = chosen.session.words
    hidden = words.say("disclosure.hidden")
    return Table(
        chosen.own("attrition_title"),
        chosen.own("attrition_how"),
        pd.DataFrame(
            [
                {
                    chosen.say("column.group"): _name(chosen, arm),
                    chosen.say("column.offered"): chosen.number(arm.offered),
                    chosen.say("column.before"): (
                        chosen.number(arm.with_before) if told["without"] else hidden
                    ),
                    chosen.say("column.after"): (
                        chosen.number(arm.compared) if told["compared"] else hidden
                    ),
                    chosen.say("column.share"): (
                        words.share(arm.compared / arm.offered) if told["compared"] else hidden
                    ),
                }
                for arm, (_, told) in zip(arms, safe.iterrows(), strict=True)
            ]
        ),
    )
