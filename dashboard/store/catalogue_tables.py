"""Writes the catalogue of measures and the pathway into a snapshot's own tables.

A snapshot carries the definitions it was scored with, so that an old one can still say
which cut-off and which version stood behind a number.
"""

import math
from typing import Any

import duckdb
import pyarrow as pa

from dashboard.measures.catalogue import Catalogue, Measure, Scale
from dashboard.measures.reliable_change import (
    reliable_change_of,
    standard_error_of_measurement,
)
from dashboard.mismatch.pathway import Pathway

Row = dict[str, Any]


def write_catalogue(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, pathway: Pathway
) -> None:
    """Replace the definitions in the snapshot by `catalogue` and `pathway`."""
    measures = list(catalogue.values())
    rows_of = {
        "measure": [_measure(measure, place) for place, measure in enumerate(measures)],
        "item": [row for measure in measures for row in _items(measure)],
        "scale": [
            _scale(measure, scale, place)
            for measure in measures
            for place, scale in enumerate(measure.scales)
        ],
        "scale_item": [row for measure in measures for row in _scale_items(measure)],
        "band": [row for measure in measures for row in _bands(measure)],
        "safety_item": [row for measure in measures for row in _safety_items(measure)],
        "pathway": [{"rule": rule, "days": days} for rule, days in pathway.model_dump().items()],
    }
    for table, rows in rows_of.items():
        connection.execute(f"delete from {table}")  # a name from the literal above
        if rows:
            connection.register("definitions", pa.Table.from_pylist(rows))
            connection.execute(f"insert into {table} by name select * from definitions")
            connection.unregister("definitions")


def _measure(measure: Measure, position: int) -> Row:
    return {
        "measure_key": measure.key,
        "title": measure.title,
        "version": measure.version,
        "domain": measure.domain,
        "position": position,
        "not_applicable": measure.not_applicable,
    }


def _items(measure: Measure) -> list[Row]:
    return [
        {
            "item_key": item.key,
            "measure_key": measure.key,
            "position": place,
            "label": item.label,
            "minimum": item.minimum,
            "maximum": item.maximum,
            "whole_numbers": measure.whole_numbers,
        }
        for place, item in enumerate(measure.items, start=1)
    ]


def _scale(measure: Measure, scale: Scale, position: int) -> Row:
    reliable = reliable_change_of(scale)
    items = [measure.item(key) for key in scale.items]
    return {
        "measure_key": measure.key,
        "scale_key": scale.key,
        "position": position,
        "title": scale.title,
        "method": scale.method or "imported",
        "multiply": scale.multiply,
        "items_total": len(items),
        "items_needed": scale.answers_needed,
        "item_minimum": min((item.minimum for item in items), default=None),
        "item_maximum": max((item.maximum for item in items), default=None),
        "minimum": scale.minimum,
        "maximum": scale.maximum,
        "higher_is": scale.higher_is,
        "trended": scale.trended,
        "reliable_change": reliable.value if reliable else None,
        "reliable_change_source": reliable.source if reliable else None,
        "sem": standard_error_of_measurement(scale),
        "screen_cut_off": scale.screen.at_least if scale.screen else None,
        "screen_cut_off_source": scale.screen.source if scale.screen else None,
    }


def _scale_items(measure: Measure) -> list[Row]:
    return [
        {
            "measure_key": measure.key,
            "scale_key": scale.key,
            "item_key": key,
            "reversed": key in measure.reverse,
            "minimum": measure.item(key).minimum,
            "maximum": measure.item(key).maximum,
        }
        for scale in measure.scales
        for key in scale.items
    ]


def _bands(measure: Measure) -> list[Row]:
    return [
        {
            "measure_key": measure.key,
            "scale_key": scale.key,
            "lower": band.from_score,
            "upper": upper,
            "label": band.label,
            "severe": band.severe,
        }
        for scale in measure.scales
        for band, upper in zip(
            scale.bands, [band.from_score for band in scale.bands[1:]] + [math.inf], strict=False
        )
    ]


def _safety_items(measure: Measure) -> list[Row]:
    return [
        {
            "measure_key": measure.key,
            "item_key": safety.item,
            "at_least": safety.at_least,
            "message": safety.message,
        }
        for safety in measure.safety_items
    ]
