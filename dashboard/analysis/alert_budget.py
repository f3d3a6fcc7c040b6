"""What a set of alert rules would have meant over a year, safe to show to everyone, and how
two sets compare in words.

The rows are those of the query `alert_budget`: counts over the whole store. A count below the
centre's minimum (disclosure.py) could stand for people who know each other, so it is hidden,
and the others are told to the nearest multiple of the minimum: two replays with thresholds a
little apart can be subtracted from each other, and then differ by nothing or by a group that is
large enough.
"""

from dataclasses import dataclass

import pandas as pd

from dashboard.analysis.disclosure import DEFAULT_MINIMUM, shown_count
from dashboard.language import Words

WEEKS = 52
DAYS_OF_DOT = 14


@dataclass(frozen=True)
class Budget:
    """What one set of rules would have meant over 52 weeks.

    Counts are None where they are hidden, else multiples of `minimum`.

    Attributes:
        weeks: one row a week in order: day (the first of the week), alerts (new alerts of the
            whole team; NaN where hidden).
        alerts: new alerts of the whole team in the year; None where hidden.
        caught, missed: reliable worsenings of distress with, and without, a support alert open
            the day before.
        worsenings: both together.
        lead: median days from the alert to the worsening that it preceded.
        dots: days of warning of the worsenings caught, one number for each `worsenings_a_dot`.
        flagged: patients with a support alert; never_worse: those without a worsening after it.
        high: support alerts that became high through distress.
        grown: gaps that grew enough to raise a tier.
        minimum: the fewest that a count may stand for.
    """

    weeks: pd.DataFrame
    alerts: int | None
    caught: int | None
    missed: int | None
    worsenings: int | None
    lead: float | None
    dots: tuple[float, ...]
    flagged: int | None
    never_worse: int | None
    high: int | None
    grown: int | None
    minimum: int = DEFAULT_MINIMUM

    def said(self, value: float | None, words: Words) -> str:
        """A number with one decimal at most, or that it is too small to be told."""
        if value is None:
            return words.say("budget.few", n=words.number(self.minimum))
        return words.number(round(value, 1))


def budget_of(rows: pd.DataFrame, minimum: int) -> Budget | None:
    """Read the counts, hide the small ones and round the others; None where too few patients
    are followed.

    Args:
        rows: of the query `alert_budget`: kind, day, number, lead_days.
    """
    single = rows[~rows["kind"].isin(["week", "lead"])].set_index("kind")
    counts = {str(kind): int(number) for kind, number in single["number"].items()}
    if counts.get("followed", 0) < minimum:
        return None
    weeks = rows[rows["kind"] == "week"].sort_values("day")[["day", "number"]]
    leads = rows[rows["kind"] == "lead"].sort_values("lead_days")["lead_days"]

    def told(*kinds: str) -> int | None:
        return _in_steps(sum(counts.get(kind, 0) for kind in kinds), minimum)

    caught = told("caught")
    return Budget(
        weeks=pd.DataFrame(
            {
                "day": weeks["day"],
                "alerts": [_in_steps(int(number), minimum) for number in weeks["number"]],
            }
        )
        .astype({"alerts": float})
        .reset_index(drop=True),
        alerts=_in_steps(int(weeks["number"].sum()), minimum),
        caught=caught,
        missed=told("missed"),
        worsenings=told("caught", "missed"),
        lead=float(single["lead_days"].to_dict()["caught"]) if caught else None,
        dots=tuple(float(days) for days in leads) if caught else (),
        flagged=told("worse_later", "never_worse"),
        never_worse=told("never_worse"),
        high=told("high"),
        grown=told("grown"),
        minimum=minimum,
    )


def per_nurse_week(budget: Budget, nurses: int) -> float | None:
    """New alerts in an average week, for each nurse."""
    return None if budget.alerts is None else budget.alerts / WEEKS / nurses


def weekly(budget: Budget, nurses: int) -> pd.DataFrame:
    """New alerts for each nurse, week by week: day, alerts (NaN where hidden)."""
    return budget.weeks.assign(alerts=budget.weeks["alerts"] / nurses)


def weeks_over(budget: Budget, nurses: int, limit: float) -> int:
    """In how many weeks each nurse would have had more new alerts than the limit."""
    return int((weekly(budget, nurses)["alerts"] > limit).sum())


def answer_for(now: Budget, nurses: int, limit: float, words: Words) -> str:
    """What the rules in force meant over the year, in one or two sentences."""
    return " ".join(
        [
            words.say(
                "budget.answer_now",
                alerts=now.said(per_nurse_week(now, nurses), words),
                over=words.count("budget.over", weeks_over(now, nurses, limit)),
            ),
            words.say(
                "budget.answer_caught",
                caught=now.said(now.caught, words),
                all=now.said(now.worsenings, words),
            ),
        ]
    )


def comparison(now: Budget, draft: Budget, nurses: int, limit: float, words: Words) -> str:
    """What the draft would have changed, in one or two sentences."""
    return words.say(
        "budget.answer_draft",
        alerts=more_or_fewer(
            per_nurse_week(now, nurses), per_nurse_week(draft, nurses), "alerts", words
        ),
        caught=more_or_fewer(now.caught, draft.caught, "caught", words),
        over=words.count("budget.over", weeks_over(draft, nurses, limit)),
    )


def numbers_beside(
    now: Budget, draft: Budget | None, nurses: int, limit: float, words: Words
) -> pd.DataFrame:
    """Every number of the replay: what, now and, with a draft, draft and difference in words."""
    rows = [
        (
            "alerts",
            per_nurse_week(now, nurses),
            None if draft is None else per_nurse_week(draft, nurses),
        ),
        (
            "over",
            weeks_over(now, nurses, limit),
            None if draft is None else weeks_over(draft, nurses, limit),
        ),
        *(
            (name, getattr(now, name), None if draft is None else getattr(draft, name))
            for name in (
                "flagged",
                "never_worse",
                "worsenings",
                "caught",
                "missed",
                "lead",
                "high",
                "grown",
            )
        ),
    ]
    table = pd.DataFrame(
        {
            "what": [words.say(f"budget.row.{name}") for name, _, _ in rows],
            "now": [now.said(value, words) for _, value, _ in rows],
        }
    )
    if draft is None:
        return table
    return table.assign(
        draft=[now.said(value, words) for _, _, value in rows],
        difference=[more_or_fewer(one, other, "plain", words) for _, one, other in rows],
    )


def more_or_fewer(before: float | None, after: float | None, what: str, words: Words) -> str:
    """ "1.3 fewer alerts", "the same number of alerts", or that it cannot be said.

    what: a family of phrases: `alerts`, `caught` or `plain`.
    """
    if before is None or after is None:
        return words.say(f"budget.{what}.unknown")
    change = round(after - before, 1)
    if change == 0:
        return words.say(f"budget.{what}.same")
    way = "more" if change > 0 else "fewer"
    return words.say(f"budget.{what}.{way}", n=words.number(abs(change)))


def stacked(days: tuple[float, ...]) -> pd.DataFrame:
    """Dots of a dot plot, two weeks wide: days (the middle of the two weeks), place from 1 up."""
    middle = pd.Series(days, dtype=float) // DAYS_OF_DOT * DAYS_OF_DOT + DAYS_OF_DOT / 2
    return pd.DataFrame({"days": middle, "place": middle.groupby(middle).cumcount() + 1})


def _in_steps(number: int, minimum: int) -> int | None:
    """The nearest multiple of the minimum; None where the number itself is below it."""
    if shown_count(number, minimum) is None:
        return None
    return (number + minimum // 2) // minimum * minimum
