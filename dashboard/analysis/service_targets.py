"""What a service asks of itself, and when it changed something: the centre's own service.toml."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from dashboard.errors import Refused

FILE = "service.toml"

_DEFAULT = Path(__file__).with_name(FILE)
_LONGEST_LABEL = 60

_Share = Annotated[float, Field(gt=0, le=1)]


class Change(BaseModel):
    """Something that was done to the service: limits are drawn anew from its month on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    on: date
    label: Annotated[str, Field(min_length=1, max_length=_LONGEST_LABEL)]


class ServiceTargets(BaseModel):
    """Targets and declared changes.

    Attributes:
        contact_days: from a positive screen to a contact.
        attend_days: after which an offer of a referral is judged.
        own: the targets that the centre set itself; the others are local defaults.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    contact_days: PositiveInt
    attend_days: PositiveInt
    screening: _Share
    contact_in_time: _Share
    uptake: _Share
    alerts_in_time: _Share
    change: tuple[Change, ...] = ()
    own: frozenset[str] = frozenset()

    def share_of(self, indicator: str) -> float | None:
        """The target of an indicator that has one."""
        found: float | None = getattr(self, indicator, None) if indicator in _SHARES else None
        return found

    def is_own(self, name: str) -> bool:
        return name in self.own


_SHARES = frozenset({"screening", "contact_in_time", "uptake", "alerts_in_time"})


def targets_of(store: Path) -> ServiceTargets:
    """The defaults with the centre's own file laid over them.

    store: its folder, which may hold a `service.toml` that names only what it changes.

    Raises:
        Refused: it is not valid TOML, or it has an unknown key or a value that cannot be.
    """
    values: dict[str, Any] = tomllib.loads(_DEFAULT.read_text("utf-8"))
    file = store / FILE
    said: dict[str, Any] = {}
    if file.exists():
        try:
            said = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
            raise Refused(FILE, f"it is not valid TOML ({problem}).", "Correct it.") from None
    try:
        if "own" in said:
            raise Refused(FILE, "own: it is not known here.", "Leave it out.")
        read = ServiceTargets.model_validate({**values, **said})
    except ValidationError as problem:
        faults = [
            f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in problem.errors()
        ]
        raise Refused(FILE, "; ".join(faults) + ".", "Correct it and start again.") from None
    return read.model_copy(
        update={
            "own": frozenset(said),
            "change": tuple(sorted(read.change, key=lambda change: change.on)),
        }
    )
