"""Turns a person id into what that person may see."""

import pandas as pd

from dashboard.errors import AccessRefused
from dashboard.store.reading import Store
from dashboard.store.scope import OPERATOR, Scope


def scope_of(store: Store, person_id: str) -> Scope:
    """The scope of a person on the staff list.

    While a store has no staff list, the person at the machine is the only one there is and
    sees everything: otherwise nobody could make a start.

    Raises:
        AccessRefused: the store has a staff list and this person is not on it.
    """
    staff = store.query("people", OPERATOR) if store.has_data() else pd.DataFrame()
    return scope_among(staff, person_id)


def scope_among(staff: pd.DataFrame, person_id: str) -> Scope:
    """The same from the rows of the query `people`, for whoever has them already."""
    if staff.empty:
        return Scope(person_id, OPERATOR.role)
    found = staff[staff["person_id"] == person_id]
    if found.empty:
        raise AccessRefused(
            "staff list", f"there is no person {person_id!r}.", "Check the id with your steward."
        )
    return Scope(person_id, found["role"].iloc[0])
