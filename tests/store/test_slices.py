"""A large store is worked out some patients at a time, and comes out the same."""

import pytest

from dashboard.store import slices
from tests.store.centre import Centre

GRID = (
    "patient_id,completed_on,need_emotional,received_emotional_partner,need_esteem,"
    "received_esteem_friends"
)
FORMS = (
    "P1,2026-01-05,4,0,2,2",
    "P1,2026-02-05,4,0,0,3",
    "P2,2026-01-07,3,1,,",
    "P3,2026-01-09,1,4,4,1",
    "P3,2026-03-09,1,4,2,2",
)


def facts(centre: Centre) -> list[tuple[object, ...]]:
    return centre.look("select * exclude (assessment_id) from alert_fact order by all")


def test_slices_leave_nobody_out(clinic: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.hand_in(GRID, *FORMS)
    at_once = facts(clinic), clinic.look("select count(*) from support_cell")
    assert len({row[0] for row in at_once[0]}) == 3
    monkeypatch.setattr(slices, "FORMS_AT_ONCE", 2)
    clinic.hand_in(GRID, "P9,2026-01-05,,,,", name="one_more.csv")
    assert [row for row in facts(clinic) if row[0] != "P9"] == at_once[0]
    ((cells,),) = clinic.look("select count(*) from support_cell where patient_id <> 'P9'")
    assert [(cells,)] == at_once[1]
