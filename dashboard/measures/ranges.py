"""Fills in the ranges a definition leaves to be worked out.

Works on the TOML as it was written, which may still be faulty: whatever cannot be worked
out is None here, and consistency.py says why.
"""

import math
from typing import Any, TypeGuard

Definition = dict[str, Any]
Range = tuple[float, float]


def is_number(value: object) -> TypeGuard[float]:
    # In Python true is a number too; in a definition it is a slip, and so are nan and inf.
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return math.isfinite(value)


def tables(definition: Definition, name: str) -> list[Definition]:
    """The tables of an array, leaving out members that are no tables."""
    array = definition.get(name)
    return [table for table in array if isinstance(table, dict)] if isinstance(array, list) else []


def keys(definition: Definition, name: str) -> list[str]:
    """The strings of an array of keys."""
    array = definition.get(name)
    return [key for key in array if isinstance(key, str)] if isinstance(array, list) else []


def items_by_key(measure: Definition) -> dict[str, Definition]:
    """The items that have a usable key."""
    return {
        item["key"]: item for item in tables(measure, "items") if isinstance(item.get("key"), str)
    }


def has_items(scale: Definition) -> bool:
    """False for a scale of ready-made scores; true also where its list of items is faulty."""
    return bool(scale.get("items"))


def _range(low: object, high: object) -> Range | None:
    if is_number(low) and is_number(high):
        return float(low), float(high)
    return None


def range_of_item(measure: Definition, item: Definition) -> Range | None:
    """The item's own range, else the measure's; None when neither states one."""
    return _range(
        item.get("minimum", measure.get("response_min")),
        item.get("maximum", measure.get("response_max")),
    )


def stated_range(scale: Definition) -> Range | None:
    return _range(scale.get("minimum"), scale.get("maximum"))


def range_of_scale(measure: Definition, scale: Definition) -> Range | None:
    """The lowest and highest score the scale can give; as stated where it has no items."""
    if not has_items(scale):
        return stated_range(scale)
    known = items_by_key(measure)
    wanted = keys(scale, "items")
    ranges = [range_of_item(measure, known[key]) for key in wanted if key in known]
    lows = [low_high[0] for low_high in ranges if low_high]
    highs = [low_high[1] for low_high in ranges if low_high]
    multiply = scale.get("multiply", 1.0)
    if not lows or len(lows) < len(wanted) or not is_number(multiply):
        return None
    match scale.get("method"):
        case "sum":
            low, high = sum(lows), sum(highs)
        case "mean":
            low, high = sum(lows) / len(lows), sum(highs) / len(highs)
        case "mean_rescaled_0_100":
            low, high = 0.0, 100.0
        case "single":
            low, high = lows[0], highs[0]
        case _:
            return None
    return low * multiply, high * multiply


def with_ranges(measure: Definition) -> Definition:
    """The definition with every item's and scale's range written out.

    What the author wrote stays as it is. A range that cannot be worked out becomes 0-0:
    consistency.py reports it, so the definition is refused and the stand-in is never used.
    """

    def filled(table: Definition, found: Range | None) -> Definition:
        low, high = found or (0.0, 0.0)
        return {"minimum": low, "maximum": high, **table}

    complete = dict(measure)
    if isinstance(measure.get("items"), list):
        complete["items"] = [
            filled(item, range_of_item(measure, item)) if isinstance(item, dict) else item
            for item in measure["items"]
        ]
    if isinstance(measure.get("scales"), list):
        complete["scales"] = [
            filled(scale, range_of_scale(measure, scale)) if isinstance(scale, dict) else scale
            for scale in measure["scales"]
        ]
    return complete
