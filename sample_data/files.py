"""Writes the canonical CSV files, chunk by chunk, so that memory stays bounded."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from dashboard.measures.catalogue import Measure
from sample_data.answers import DECLINED, MISSING, NOT_APPLICABLE, Codes
from sample_data.people import NEVER, Days, Words

WORDS_BY_CODE = {MISSING: "", DECLINED: "declined", NOT_APPLICABLE: "not applicable"}
_LOWEST = min(WORDS_BY_CODE)
_HIGHEST = 10
_ANSWER_TEXTS = pa.array(
    [WORDS_BY_CODE.get(code, str(code)) for code in range(_LOWEST, _HIGHEST + 1)]
)


class CsvFile:
    """One CSV file that grows by chunks; the header comes with the first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._started = False

    def append(self, columns: dict[str, pa.Array]) -> None:
        table = pa.table(columns)
        with self._path.open("ab" if self._started else "wb") as file:
            if not self._started:
                file.write((",".join(table.column_names) + "\n").encode())
                self._started = True
            arrow_csv.write_csv(
                table,
                file,
                # Refuses a text that would need quotes instead of writing a broken row.
                arrow_csv.WriteOptions(include_header=False, quoting_style="none"),
            )


def dates(days: Days) -> pa.Array:
    """ISO dates; empty where the day never comes."""
    absent = np.abs(days) >= NEVER // 2
    text = np.where(absent, 0, days).astype("datetime64[D]").astype(str)
    return pa.array(np.where(absent, "", text))


def texts(words: Words | list[str]) -> pa.Array:
    return pa.array(np.asarray(words, dtype=str))


def answer_texts(codes: np.ndarray) -> pa.Array:
    return _ANSWER_TEXTS.take(pa.array(codes.astype(np.int32) - _LOWEST))


def wide_columns(
    measure: Measure,
    patient_id: Words,
    day: Days,
    wave: np.ndarray,
    codes: Codes,
    stated_total: Words | None,
) -> dict[str, pa.Array]:
    """One row a form, one column an item; a total stated beside them where given."""
    columns = {
        "patient_id": texts(patient_id),
        "completed_on": dates(day),
        "wave": pa.array(wave),
    }
    for place, item in enumerate(measure.items):
        columns[item.key] = answer_texts(codes[:, place])
    if stated_total is not None:
        columns[f"{measure.key}_{measure.scales[0].key}"] = texts(stated_total)
    return columns


def long_columns(
    measure: Measure, patient_id: Words, day: Days, wave: np.ndarray, codes: Codes
) -> dict[str, pa.Array]:
    """One row an answer."""
    forms, items = codes.shape
    form = pa.array(np.repeat(np.arange(forms), items))
    item = pa.array(np.tile(np.arange(items), forms))
    return {
        "patient_id": texts(patient_id).take(form),
        "measure_key": pa.array([measure.key]).take(pa.array(np.zeros(forms * items, np.int64))),
        "completed_on": dates(day).take(form),
        "wave": pa.array(np.repeat(wave, items)),
        "item_key": pa.array([item.key for item in measure.items]).take(item),
        "answer": answer_texts(codes.reshape(-1)),
    }
