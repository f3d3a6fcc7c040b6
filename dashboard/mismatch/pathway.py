"""How often a person is asked again: the centre's own day counts (pathway.toml)."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from dashboard.errors import Fault, Refused

_DEFAULT = Path(__file__).with_name("pathway.toml")


class Pathway(BaseModel):
    """Days until the next form is due, by what happened last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after_treatment_event: PositiveInt
    on_treatment: PositiveInt
    follow_up: PositiveInt
    after_positive_screen: PositiveInt


def load_pathway(own: Path | None = None) -> Pathway:
    """The default pathway with the centre's own file laid over it.

    Args:
        own: the centre's `pathway.toml`; it may name only the values it changes.

    Raises:
        Refused: unknown key, or not a positive whole number of days.
    """
    values = tomllib.loads(_DEFAULT.read_text("utf-8"))
    if own is not None and own.exists():
        try:
            values |= tomllib.loads(own.read_text("utf-8"))
        except tomllib.TOMLDecodeError as problem:
            raise Refused(own.name, f"it is not valid TOML ({problem}).", "Correct it.") from None
    try:
        return Pathway.model_validate(values)
    except ValidationError as problem:
        faults = [
            Fault("pathway.toml", str(error["loc"][0]), error["msg"]) for error in problem.errors()
        ]
        raise Refused(
            "pathway.toml", "; ".join(map(str, faults)) + ".", "Correct it and try again."
        ) from None
