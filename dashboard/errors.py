"""Every error the product raises on purpose.

    AttunedError
    ├── Refused                 what was asked for is not taken            (exit 3)
    │   ├── MeasureRefused      a measure definition does not hold
    │   ├── MapRefused          a column map does not hold
    │   ├── RulesRefused        alert rules do not hold
    │   ├── FileRefused         a file as a whole cannot be trusted
    │   └── AccessRefused       this person may not see that
    └── StoreProblem            the store itself is absent, damaged or busy (exit 4)
        ├── StoreAbsent
        ├── StoreDamaged
        ├── LogDamaged          what the team did is no longer as it was written
        └── StoreBusy

Each says where, what is wrong and what to do next, because the reader is not a
programmer. None ever carries a patient's row: a message can end up in a log.
"""

from dataclasses import dataclass


class AttunedError(Exception):
    """Root of the family.

    Args:
        where: the file, folder or page concerned, with row or field when known.
        what: one sentence on what is wrong.
        what_to_do: one sentence on what the reader can do about it.
    """

    exit_code = 1

    def __init__(self, where: str, what: str, what_to_do: str) -> None:
        self.where = where
        self.what = what
        self.what_to_do = what_to_do
        super().__init__(f"{where}: {what} {what_to_do}")


class Refused(AttunedError):
    exit_code = 3


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a definition file, so that all of them can be listed at once."""

    file: str
    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}, {self.field}: {self.what}"


class _FaultyDefinition(Refused):
    """A TOML file that people write by hand; every fault is named in one go."""

    what_to_do = "Correct the file and try again."

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        where = ", ".join(sorted({fault.file for fault in faults}))
        super().__init__(where, "; ".join(str(fault) for fault in faults) + ".", self.what_to_do)


class MeasureRefused(_FaultyDefinition):
    pass


class MapRefused(_FaultyDefinition):
    pass


class RulesRefused(_FaultyDefinition):
    pass


class FileRefused(Refused):
    pass


class AccessRefused(Refused):
    pass


class StoreProblem(AttunedError):
    exit_code = 4


class StoreAbsent(StoreProblem):
    pass


class StoreDamaged(StoreProblem):
    pass


class LogDamaged(StoreProblem):
    pass


class StoreBusy(StoreProblem):
    pass
