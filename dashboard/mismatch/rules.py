"""The alert rules: thresholds and tiers from one TOML, checked, with a version of their own.

Definitions, sources and cautions stand in rules.toml; the SQL that evaluates them is
queries/alert_facts.sql and queries/alerts.sql.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dashboard.errors import Fault, RulesRefused

Tier = Literal["immediate", "high", "medium", "low"]
LEVEL_OF: dict[Tier, int] = {"low": 1, "medium": 2, "high": 3, "immediate": 4}

_DEFAULT = Path(__file__).with_name("rules.toml")

Days = Annotated[int, Field(ge=1, le=3650)]
Amount = Annotated[float, Field(ge=0, le=4)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Safety(_Table):
    tier: Literal["immediate"]


class Under(_Table):
    tier: Tier
    need: Annotated[float, Field(ge=1, le=4)]
    gap: Annotated[float, Field(ge=1, le=4)]
    unmet_item: Annotated[float, Field(ge=2, le=5)]


class UnderHigh(_Table):
    tier: Tier
    need: Annotated[float, Field(ge=1, le=4)]
    importance: Annotated[float, Field(ge=1, le=3)]
    gap: Annotated[float, Field(ge=1, le=4)]
    distress_window_days: Annotated[int, Field(ge=0, le=365)]


class Persist(_Table):
    tier: Tier
    gap: Annotated[float, Field(ge=1, le=4)]
    from_days: Days
    until_days: Days


class Worse(_Table):
    gap: Annotated[float, Field(ge=1, le=8)]
    raises: Annotated[int, Field(ge=0, le=2)]


class Over(_Table):
    tier: Tier
    tier_both: Tier
    by: Annotated[float, Field(ge=1, le=4)]


class Distress(_Table):
    tier: Tier
    tier_severe: Tier


class Overdue(_Table):
    tier: Tier
    tier_after_positive_screen: Tier


class Clearing(_Table):
    gap: Amount
    gap_twice: Amount


class Validity(_Table):
    support_days: Days
    distress_days: Days


class FollowUp(_Table):
    snooze_days: Days


class Cells(_Table):
    wanted: Annotated[float, Field(ge=1, le=4)]
    received: Annotated[float, Field(ge=1, le=4)]


class Rules(_Table):
    """One version of the rules.

    Amounts are in the units of the support grid (0-4), importance 0-3, times in days.
    """

    version: Annotated[int, Field(ge=1)]
    note: str
    cells: Cells
    safety: Safety
    under: Under
    under_high: UnderHigh
    persist: Persist
    worse: Worse
    over: Over
    distress: Distress
    overdue: Overdue
    clearing: Clearing
    validity: Validity
    follow_up: FollowUp
    need_items: dict[
        Literal["emotional", "informational", "tangible", "belonging", "esteem"], tuple[str, ...]
    ]

    def thresholds(self) -> dict[str, float | int]:
        """The parameters of queries/alert_facts.sql."""
        return {
            "under_need": self.under.need,
            "under_gap": self.under.gap,
            "high_need": self.under_high.need,
            "high_importance": self.under_high.importance,
            "high_gap": self.under_high.gap,
            "distress_window": self.under_high.distress_window_days,
            "persist_gap": self.persist.gap,
            "persist_from_days": self.persist.from_days,
            "persist_until_days": self.persist.until_days,
            "clear_gap": self.clearing.gap,
            "clear_gap_twice": self.clearing.gap_twice,
            "worse_gap": self.worse.gap,
            "over_by": self.over.by,
            "valid_days": self.validity.support_days,
            "distress_valid_days": self.validity.distress_days,
            "unmet_item": self.under.unmet_item,
        }

    def cell_thresholds(self) -> dict[str, float]:
        """From which amount a cell of the grid counts as wanted, and as received."""
        return {"wanted": self.cells.wanted, "received": self.cells.received}

    def levels(self) -> list[dict[str, Any]]:
        """One row a rule for the table `alert_rule`: its level, and the level it can rise to."""
        pairs: list[tuple[str, Tier, Tier]] = [
            ("safety", self.safety.tier, self.safety.tier),
            ("under", self.under.tier, self.under.tier),
            ("under_high", self.under_high.tier, self.under_high.tier),
            ("persist", self.persist.tier, self.persist.tier),
            ("over", self.over.tier, self.over.tier_both),
            ("distress", self.distress.tier, self.distress.tier_severe),
            ("overdue", self.overdue.tier, self.overdue.tier_after_positive_screen),
        ]
        rows: list[dict[str, Any]] = [
            {"rule": rule, "level": LEVEL_OF[tier], "level_more": LEVEL_OF[more], "raises": 0}
            for rule, tier, more in pairs
        ]
        return [*rows, {"rule": "worse", "level": 0, "level_more": 0, "raises": self.worse.raises}]


def default_rules() -> Rules:
    """The rules that a new store begins with."""
    return read_rules(_DEFAULT.read_text("utf-8"))


def read_rules(text: str, name: str = "rules.toml") -> Rules:
    """Check rules written in TOML.

    Raises:
        RulesRefused: every fault at once, with its field.
    """
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise RulesRefused([Fault(name, "whole file", f"is not TOML: {problem}")]) from None
    return check_rules(content, name)


def check_rules(content: dict[str, Any], name: str = "rules.toml") -> Rules:
    """Check rules given as tables of values.

    Raises:
        RulesRefused: every fault at once, with its field.
    """
    try:
        rules = Rules.model_validate(content)
    except ValidationError as problem:
        raise RulesRefused(
            [
                Fault(name, ".".join(map(str, error["loc"])), error["msg"])
                for error in problem.errors(include_url=False)
            ]
        ) from None
    faults = [Fault(name, field, what) for field, what in _contradictions(rules)]
    if faults:
        raise RulesRefused(faults)
    return rules


def _contradictions(rules: Rules) -> list[tuple[str, str]]:
    """Thresholds that would make a rule fire and clear on the same form, or never."""
    found = []
    if rules.clearing.gap >= rules.under.gap:
        found.append(("clearing.gap", "must be below under.gap, or no alert could stay open"))
    if rules.clearing.gap_twice >= rules.under.gap:
        found.append(("clearing.gap_twice", "must be below under.gap"))
    if rules.clearing.gap >= rules.persist.gap:
        found.append(("clearing.gap", "must be below persist.gap"))
    if rules.persist.from_days > rules.persist.until_days:
        found.append(("persist.from_days", "must not be above persist.until_days"))
    if rules.under_high.gap < rules.under.gap:
        found.append(("under_high.gap", "must not be below under.gap"))
    return found
