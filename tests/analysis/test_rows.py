"""Rows as plain values are those that pandas itself gives."""

import pandas as pd

from dashboard.analysis.rows import rows_of
from dashboard.store import OPERATOR, Store


def test_rows_are_what_pandas_calls_records(sample_store: Store) -> None:
    as_of = sample_store.query("store_summary", OPERATOR)["newest_on"].iloc[0].date()
    ref = sample_store.query("patients_in_scope", OPERATOR)["patient_ref"].iloc[0]
    answers = sample_store.query("patient_answers", OPERATOR, patient_ref=ref, as_of=as_of)
    columns = ["completed_on", "item_key", "position", "safety", "answer"]
    rows = rows_of(answers, columns)
    assert len(rows) == len(answers) > 0
    for row, record in zip(rows, answers[columns].to_dict("records"), strict=True):
        assert {name: type(value) for name, value in row.items()} == {
            name: type(value) for name, value in record.items()
        }
        assert all(row[name] == record[name] or pd.isna(row[name]) for name in columns)


def test_no_rows_are_no_rows() -> None:
    assert rows_of(pd.DataFrame({"item_key": []}), ["item_key"]) == []
