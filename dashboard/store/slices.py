"""A large store taken some patients at a time, so that each step fits into a writer's memory."""

import duckdb

# Their answers about support, scores and what follows from them take about half of it.
FORMS_AT_ONCE = 200_000

_SLICES = """
with forms as (
    select patient_id, count(*) as forms from assessment group by patient_id
),
sliced as (
    select patient_id, (sum(forms) over (order by patient_id) // $at_once) as slice from forms
)
select min(patient_id), max(patient_id) from sliced group by slice order by slice
"""


def patients_at_a_time(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """First and last id of some patients after the other, until everybody with a form was named."""
    return connection.execute(_SLICES, {"at_once": FORMS_AT_ONCE}).fetchall()
