"""What a set of alert rules would have meant over a year, safe to show to everyone, and how
two sets compare in words.

The rows are those of the query `alert_budget`: counts over the whole store. A count of one
to nine could stand for people who know each other, so it is hidden, and with it whatever
would give it away: the other part of the same whole, or a second week of the same year.
"""

from dataclasses import dataclass

import pandas as pd

from dashboard.language import Words

FEWEST_TOLD = 10
WEEKS = 52
DAYS_OF_DOT = 14

# Two counts that make up one whole hide each other.
_PARTS = (("caught", "missed"), ("worse_later", "never_worse"))


@dataclass(frozen=True)
class Budget:
    """What one set of rules would have meant over 52 weeks.

    Counts are None where they are hidden.

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


def budget_of(rows: pd.DataFrame) -> Budget | None:
    """Read the counts and hide the small ones; None where too few patients are followed.

    Args:
        rows: of the query `alert_budget`: kind, day, number, lead_days.
    """
    single = rows[~rows["kind"].isin(["week", "lead"])].set_index("kind")
    counts = {str(kind): int(number) for kind, number in single["number"].items()}
    if counts.get("followed", 0) < FEWEST_TOLD:
        return None
    weeks = rows[rows["kind"] == "week"].sort_values("day")[["day", "number"]]
    told = {
        name: number
        for parts in _PARTS
        for name, number in _hide_parts([counts.get(part, 0) for part in parts], parts).items()
    }
    caught = told["caught"]
    leads = rows[rows["kind"] == "lead"].sort_values("lead_days")["lead_days"]
    return Budget(
        weeks=_hide_weeks(weeks),
        alerts=_unless_small(int(weeks["number"].sum())),
        caught=caught,
        missed=told["missed"],
        worsenings=_unless_small(counts.get("caught", 0) + counts.get("missed", 0)),
        lead=float(single["lead_days"].to_dict()["caught"]) if caught else None,
        dots=tuple(float(days) for days in leads) if caught else (),
        flagged=_unless_small(counts.get("worse_later", 0) + counts.get("never_worse", 0)),
        never_worse=told["never_worse"],
        high=_unless_small(counts.get("high", 0)),
        grown=_unless_small(counts.get("grown", 0)),
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
                alerts=number_or_few(per_nurse_week(now, nurses), words),
                over=words.count("budget.over", weeks_over(now, nurses, limit)),
            ),
            words.say(
                "budget.answer_caught",
                caught=number_or_few(now.caught, words),
                all=number_or_few(now.worsenings, words),
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
            "now": [number_or_few(value, words) for _, value, _ in rows],
        }
    )
    if draft is None:
        return table
    return table.assign(
        draft=[number_or_few(value, words) for _, _, value in rows],
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


def number_or_few(value: float | None, words: Words) -> str:
    """A number with one decimal at most, or that it is too small to be told."""
    return words.say("budget.few") if value is None else words.number(round(value, 1))


def stacked(days: tuple[float, ...]) -> pd.DataFrame:
    """Dots of a dot plot, two weeks wide: days (the middle of the two weeks), place from 1 up."""
    middle = pd.Series(days, dtype=float) // DAYS_OF_DOT * DAYS_OF_DOT + DAYS_OF_DOT / 2
    return pd.DataFrame({"days": middle, "place": middle.groupby(middle).cumcount() + 1})


def _unless_small(number: int) -> int | None:
    return None if 0 < number < FEWEST_TOLD else number


def _hide_parts(numbers: list[int], names: tuple[str, ...]) -> dict[str, int | None]:
    hidden = any(0 < number < FEWEST_TOLD for number in numbers)
    return {name: None if hidden else number for name, number in zip(names, numbers, strict=True)}


def _hide_weeks(weeks: pd.DataFrame) -> pd.DataFrame:
    alerts = weeks["number"].astype(float)
    small = (alerts > 0) & (alerts < FEWEST_TOLD)
    if small.sum() == 1:  # the year's total would tell it
        others = alerts[(alerts > 0) & ~small]
        if len(others):
            small |= alerts.index == others.idxmin()
    return pd.DataFrame({"day": weeks["day"], "alerts": alerts.mask(small)}).reset_index(drop=True)
