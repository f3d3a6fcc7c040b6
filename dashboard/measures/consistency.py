"""Checks that the parts of one measure definition agree with each other.

These look at the TOML as it was written, so that they still find their faults when the
structure has others: the author sees everything at once.
"""

from collections.abc import Container, Iterator

from dashboard.measures.ranges import (
    Definition,
    Range,
    has_items,
    is_number,
    items_by_key,
    keys,
    range_of_item,
    range_of_scale,
    stated_range,
    tables,
)

# Names an item cannot have, because its answers arrive in a column of that name.
COLUMNS_OF_A_FILE = (
    "patient_id",
    "measure_key",
    "scale_key",
    "item_key",
    "completed_on",
    "wave",
    "answer",
    "score",
)

# (field, what is wrong with it)
Finding = tuple[str, str]


def inconsistencies(measure: Definition, file_stem: str) -> Iterator[Finding]:
    """Every disagreement inside one definition, in the order of the file."""
    key = measure.get("key")
    if isinstance(key, str) and key != file_stem:
        yield "key", f"is “{key}” but the file is called {file_stem}.toml; they must be the same"
    yield from _about_items(measure)
    yield from _about_scales(measure)
    yield from _about_safety_items(measure)
    yield from _repeated(
        "answer_codes", [code.get("code") for code in tables(measure, "answer_codes")]
    )


def _about_items(measure: Definition) -> Iterator[Finding]:
    items = tables(measure, "items")
    yield from _repeated("items", [item.get("key") for item in items])
    for position, item in enumerate(items, start=1):
        field = _named("items", item, position)
        found = range_of_item(measure, item)
        if item.get("key") in COLUMNS_OF_A_FILE:
            yield f"{field}.key", "is what a data file calls one of its other columns"
        if found and found[0] >= found[1]:
            yield field, f"has a range that does not ascend ({found[0]:g} to {found[1]:g})"
        for own, shared in (("minimum", "response_min"), ("maximum", "response_max")):
            if own not in item and shared not in measure:
                yield f"{field}.{own}", f"is missing; give it here or as {shared} for all items"
    if not items:
        for name in ("response_min", "response_max", "reverse", "answer_codes", "safety_items"):
            if name in measure:
                yield name, "has no meaning in a measure without items"
    yield from _unknown_items("reverse", keys(measure, "reverse"), items_by_key(measure))
    yield from _repeated("reverse", keys(measure, "reverse"))


def _about_scales(measure: Definition) -> Iterator[Finding]:
    scales = tables(measure, "scales")
    if measure.get("scales") == []:
        yield "scales", "is empty; a measure needs at least one"
    yield from _repeated("scales", [scale.get("key") for scale in scales])
    for position, scale in enumerate(scales, start=1):
        field = _named("scales", scale, position)
        yield from _about_scoring(measure, scale, field)
        yield from _about_range(measure, scale, field)
        found = range_of_scale(measure, scale)
        yield from _about_bands(scale, field, found)
        yield from _about_cut_offs(scale, field, found)


def _about_scoring(measure: Definition, scale: Definition, field: str) -> Iterator[Finding]:
    used = keys(scale, "items")
    yield from _unknown_items(f"{field}.items", used, items_by_key(measure))
    yield from _repeated(f"{field}.items", used)
    if not has_items(scale):
        for name in ("method", "multiply", "max_missing", "min_answered_share", "never_prorate"):
            if name in scale:
                yield f"{field}.{name}", "has no meaning in a scale without items"
        return
    method = scale.get("method")
    if method is None:
        yield f"{field}.method", "is missing: sum, mean, mean_rescaled_0_100 or single"
    if method == "single" and len(used) != 1:
        yield f"{field}.items", f"must be one item for the method “single”, not {len(used)}"
    if method == "mean_rescaled_0_100":
        ranges = {
            range_of_item(measure, item)
            for key, item in items_by_key(measure).items()
            if key in used
        }
        if len(ranges) > 1:
            yield (
                f"{field}.items",
                "must all have the same range for the method “mean_rescaled_0_100”",
            )
    if "max_missing" in scale and "min_answered_share" in scale:
        yield f"{field}.max_missing", "and min_answered_share are both given; keep one"
    max_missing = scale.get("max_missing")
    if is_number(max_missing) and max_missing >= len(used):
        yield (
            f"{field}.max_missing",
            f"is {max_missing} of {len(used)} items; at least one answer is needed",
        )
    yield from _unknown_items(
        f"{field}.never_prorate", keys(scale, "never_prorate"), used, "the scale’s items"
    )


def _about_range(measure: Definition, scale: Definition, field: str) -> Iterator[Finding]:
    if not has_items(scale):
        for name in ("minimum", "maximum"):
            if name not in scale:
                yield f"{field}.{name}", "is missing; a scale without items has to state it"
        stated = stated_range(scale)
        if stated and stated[0] >= stated[1]:
            yield f"{field}.minimum", f"must be below maximum ({stated[0]:g} to {stated[1]:g})"
        return
    derived = range_of_scale(measure, scale)
    for name, place in (("minimum", 0), ("maximum", 1)):
        value = scale.get(name)
        if derived and is_number(value) and value != derived[place]:
            yield (
                f"{field}.{name}",
                f"is {value:g} but items and method give {derived[place]:g}; leave it out",
            )


def _about_bands(scale: Definition, field: str, found: Range | None) -> Iterator[Finding]:
    previous = None
    for position, band in enumerate(tables(scale, "bands"), start=1):
        start = band.get("from")
        if not is_number(start):
            continue
        where = f"{field}.bands[{position}].from"
        if previous is not None and start <= previous:
            yield (
                where,
                f"is {start:g} but the band before starts at {previous:g}; bands must ascend",
            )
        previous = start
        yield from _outside(where, start, found)


def _about_cut_offs(scale: Definition, field: str, found: Range | None) -> Iterator[Finding]:
    cut_offs = tables(scale, "cut_offs")
    for position, cut_off in enumerate(cut_offs, start=1):
        if is_number(cut_off.get("at_least")):
            where = f"{field}.cut_offs[{position}].at_least"
            yield from _outside(where, cut_off["at_least"], found)
    screens = sum(cut_off.get("screen") is True for cut_off in cut_offs)
    if screens > 1:
        yield (
            f"{field}.cut_offs",
            f"has {screens} with screen = true; the worklist can use only one",
        )


def _about_safety_items(measure: Definition) -> Iterator[Finding]:
    items = items_by_key(measure)
    for position, safety in enumerate(tables(measure, "safety_items"), start=1):
        field = f"safety_items[{position}]"
        key, at_least = safety.get("item"), safety.get("at_least")
        if not isinstance(key, str):
            continue
        if key not in items:
            yield f"{field}.item", f"“{key}” is not an item of this measure"
        elif is_number(at_least):
            yield from _outside(f"{field}.at_least", at_least, range_of_item(measure, items[key]))


def _named(array: str, table: Definition, position: int) -> str:
    key = table.get("key")
    return f"{array}[{key if isinstance(key, str) else position}]"


def _unknown_items(
    field: str, used: list[str], known: Container[str], place: str = "the items of this measure"
) -> Iterator[Finding]:
    for key in used:
        if key not in known:
            yield field, f"“{key}” is not among {place}"


def _repeated(field: str, used: list[object] | list[str]) -> Iterator[Finding]:
    seen: set[object] = set()
    for key in used:
        if isinstance(key, str) and key in seen:
            yield field, f"“{key}” is there twice"
        elif isinstance(key, str):
            seen.add(key)


def _outside(field: str, value: float, found: Range | None) -> Iterator[Finding]:
    if found and found[0] < found[1] and not found[0] <= value <= found[1]:
        yield field, f"is {value:g}, outside the range {found[0]:g} to {found[1]:g}"
