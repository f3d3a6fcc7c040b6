"""What became of the files of one import: counts, reasons, and what to do about each."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class RefusedRow(_Part):
    """One reason why one row was not taken.

    Attributes:
        row: the row as a spreadsheet shows it (header = 1), or the number of the
            resource; None when the reason concerns the whole file.
    """

    file: str
    row: int | None
    column: str
    value: str
    reason: str
    what_to_do: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        column = f", {self.column}" if self.column else ""
        value = f" ({self.value})" if self.value and self.value not in self.reason else ""
        advice = self.what_to_do[:1].upper() + self.what_to_do[1:]
        return f"{place}{column}: {self.reason}{value}. {advice}."


class FileReport(_Part):
    """The rows of one file. What is neither accepted, refused nor a duplicate was left aside,
    and the notes say why."""

    file: str
    form: str
    rows_read: int
    rows_accepted: int
    rows_refused: int
    duplicates: int
    notes: list[str]


class ImportReport(_Part):
    """One import, of one file or several.

    Attributes:
        stored: whether anything changed; False too when every row was there already.
        snapshot: the snapshot that holds the result; None when nothing was stored.
        unknown_patients: patients named in no list; registered with `new_patients`.
        totals_that_disagree: forms whose ready-made score is not what their items give.
    """

    stored: bool
    snapshot: int | None
    imported_at: datetime
    person: str
    rows_read: int
    rows_accepted: int
    rows_refused: int
    duplicates: int
    unknown_patients: int
    totals_that_disagree: int
    files: list[FileReport]
    refused: list[RefusedRow]

    @property
    def verdict(self) -> str:
        """One sentence on what happened and why."""
        if self.stored:
            kept_back = (
                f" {self.rows_refused} refused rows are kept to be mended."
                if self.rows_refused
                else ""
            )
            return (
                f"Stored {self.rows_accepted} of {self.rows_read} rows "
                f"(snapshot {self.snapshot}).{kept_back}"
            )
        if self.rows_refused:
            return (
                f"Nothing was stored: {self.rows_refused} of {self.rows_read} rows are refused. "
                "Mend them, or take the good rows with --accept-good-rows."
            )
        return f"Nothing to store: all {self.duplicates} rows are in the store already."
