"""Takes files that were read into a new snapshot: all of them, or nothing.

The pipeline is the folder `steps/`, in the order of its file names: stage, judge, compare
with what is stored, enter, score, check. It runs inside a copy of the newest snapshot that
becomes visible only when everything holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from dashboard.errors import StoreDamaged
from dashboard.intake.incoming import Incoming
from dashboard.intake.records import DAY, LONGEST_ID, MOMENT, NUMBER, PLAIN_ID
from dashboard.measures.catalogue import Catalogue, load_catalogue
from dashboard.mismatch.pathway import load_pathway
from dashboard.store.alerting import evaluate_alerts
from dashboard.store.catalogue_tables import write_catalogue
from dashboard.store.connection import check_schema, open_for_writing
from dashboard.store.founding import found
from dashboard.store.report import FileReport, ImportReport, RefusedRow
from dashboard.store.signing import sign
from dashboard.store.snapshots import Snapshot, SnapshotFolder
from dashboard.store.staging import PLACE_BITS, stage
from dashboard.store.support_cells import write_support_cells

_STEPS = sorted((Path(__file__).parent / "steps").glob("*.sql"))
_LAST_JUDGING_STEP = "60_compare"

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ImportOptions:
    """What the person who imports decided.

    Attributes:
        new_patients: register ids that no patient list names, with nothing but their id.
        accept_good_rows: store the good rows although others are refused.
        supersede: replace stored values by the file's; the old ones are kept in history.
        today: the day after which a form's date is in the future.
    """

    new_patients: bool = False
    accept_good_rows: bool = False
    supersede: bool = False
    today: date = field(default_factory=date.today)


class _NotStored(Exception):
    """Leaves the publication without a new snapshot, carrying the report out."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report


def catalogue_of(directory: Path) -> Catalogue:
    """The default measures with the store's own `measures/` folder laid over them.

    Raises:
        MeasureRefused: a definition does not hold.
    """
    own = directory / "measures"
    return load_catalogue(own if own.is_dir() else None)


def import_files(
    directory: Path,
    files: Sequence[Incoming],
    options: ImportOptions,
    person: str,
    *,
    sample: bool = False,
    progress: Progress = lambda step: None,
) -> ImportReport:
    """Store the rows of `files` as one import.

    Args:
        directory: the store's folder.
        files: what the intake read, in any order.
        person: who imports; kept with the import.
        sample: mark a new store as synthetic demonstration data.
        progress: told the name of each step as it begins.

    Returns:
        The report; `stored` is False when rows were refused and the good ones were not
        asked for, or when there was nothing new.

    Raises:
        MeasureRefused, Refused: the store's own definitions do not hold.
        StoreBusy, StoreProblem: the store cannot be written.
    """
    catalogue = catalogue_of(directory)
    pathway = load_pathway(directory / "pathway.toml")
    folder = SnapshotFolder(directory)
    with folder.writing(person):
        published = folder.all()
        newest = published[-1] if published else None
        reports: list[ImportReport] = []

        def write(path: Path, number: int) -> None:
            with open_for_writing(path) as connection:
                _prepare(connection, newest, number, person, sample, catalogue)
                write_catalogue(connection, catalogue, pathway)
                reports.append(_run_steps(connection, files, options, person, number, progress))
            progress("publish")

        try:
            folder.publish(newest, write)
        except _NotStored as outcome:
            return outcome.report
    return reports[0]


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    newest: Snapshot | None,
    number: int,
    person: str,
    sample: bool,
    catalogue: Catalogue,
) -> None:
    """Sign the copy and give it the definitions it is going to be scored with."""
    if newest is None:
        found(connection, sample=sample)
    else:
        check_schema(connection, "snapshot_info", newest.path.parent.name)
    sign(
        connection,
        number=number,
        parent=newest.number if newest else None,
        person=person,
        reason="import",
    )
    # A changed definition changes old scores too, so everything is scored again.
    connection.execute(
        "set variable rescore_all = (select catalogue_version from snapshot_info) <> $version",
        {"version": catalogue.version},
    )
    connection.execute(
        "update snapshot_info set catalogue_version = $version", {"version": catalogue.version}
    )


def _run_steps(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Incoming],
    options: ImportOptions,
    person: str,
    number: int,
    progress: Progress,
) -> ImportReport:
    for name, value in {
        # One definition of what an id, a day, a moment and a number look like.
        "plain_id": PLAIN_ID,
        "longest_id": LONGEST_ID,
        "day": DAY,
        "moment": MOMENT,
        "number": NUMBER,
        "place_bits": PLACE_BITS,
        "today": options.today,
        "new_patients": options.new_patients,
        "supersede": options.supersede,
        "first_batch": _one(connection, "select coalesce(max(batch_id), 0) + 1 from import_batch"),
    }.items():
        connection.execute(f"set variable {name} = $value", {"value": value})
    for step in _STEPS:
        progress(step.stem)
        connection.execute(step.read_text("utf-8"))
        if step.stem == "10_staging":
            stage(connection, files)
        if step.stem == _LAST_JUDGING_STEP and not options.accept_good_rows:
            refused = _report(connection, files, person, None)
            if refused.rows_refused:
                raise _NotStored(refused)
    progress("alerts")
    write_support_cells(connection)
    evaluate_alerts(connection)
    report = _report(connection, files, person, number)
    if not report.rows_accepted:
        raise _NotStored(report.model_copy(update={"stored": False, "snapshot": None}))
    broken = connection.execute("select distinct rule from broken").fetchall()
    if broken:
        raise StoreDamaged(
            "store",
            f"the new snapshot would hold {', '.join(rule for (rule,) in broken)}.",
            "Nothing was changed; report this with the import's file layout.",
        )
    _remember(connection, files, report)
    return report


def _report(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Incoming],
    person: str,
    snapshot: int | None,
) -> ImportReport:
    counted = {
        file_no: (accepted, refused, duplicates)
        for file_no, accepted, refused, duplicates in connection.execute(_COUNTS).fetchall()
    }
    reports = [
        FileReport(
            file=incoming.file_name,
            form=incoming.form,
            rows_read=incoming.rows_read,
            rows_accepted=counted.get(file_no, (0, 0, 0))[0],
            rows_refused=counted.get(file_no, (0, 0, 0))[1],
            duplicates=counted.get(file_no, (0, 0, 0))[2],
            notes=incoming.notes,
        )
        for file_no, incoming in enumerate(files)
    ]
    refused = [
        RefusedRow(
            file=files[file_no].file_name,
            row=row,
            column=column,
            value=value,
            reason=reason,
            what_to_do=what_to_do,
        )
        for file_no, row, column, value, reason, what_to_do in connection.execute(
            _REFUSED
        ).fetchall()
    ]
    return ImportReport(
        stored=snapshot is not None,
        snapshot=snapshot,
        imported_at=datetime.now(UTC),
        person=person,
        rows_read=sum(report.rows_read for report in reports),
        rows_accepted=sum(report.rows_accepted for report in reports),
        rows_refused=sum(report.rows_refused for report in reports),
        duplicates=sum(report.duplicates for report in reports),
        unknown_patients=_one(connection, "select count(*) from unknown_patient"),
        totals_that_disagree=_one(connection, _DISAGREEING) if snapshot is not None else 0,
        files=reports,
        refused=refused,
    )


# A row that repeats rows of its own import can stand in `row_outcome` twice; one new thing
# in it makes it accepted, one reason against it makes it refused.
_COUNTS = """
with refused as (
    select distinct file_no, source_row from refusal
),
outcome as (
    select file_no, source_row, bool_or(is_new) as is_new
    from row_outcome anti join refused using (file_no, source_row)
    group by all
)
select
    file_no,
    count(*) filter (where kind = 'new'),
    count(*) filter (where kind = 'refused'),
    count(*) filter (where kind = 'duplicate')
from (
    select file_no, case when is_new then 'new' else 'duplicate' end as kind from outcome
    union all
    select file_no, 'refused' from refused
)
group by file_no
"""
_REFUSED = """
select r.file_no, r.source_row, coalesce(s.shown, r.column_name), r.value, r.reason, r.what_to_do
from (select distinct * from refusal) as r
left join shown_column as s on s.file_no = r.file_no and s.canonical = r.column_name
order by r.file_no, r.source_row nulls first, r.column_name
"""
_DISAGREEING = """
select count(distinct assessment_id) from score semi join to_score using (assessment_id)
where stated_differs
"""


def _remember(
    connection: duckdb.DuckDBPyConnection, files: Sequence[Incoming], report: ImportReport
) -> None:
    """Keep the import's history, its reasons, and the refused rows as they came."""
    for file_no, (incoming, counts) in enumerate(zip(files, report.files, strict=True)):
        connection.execute(
            "insert into import_batch values (batch_of($file_no), $snapshot, $imported_at, "
            "$person, $file_name, $sha256, $form, $rows_read, $accepted, $refused, $duplicates, "
            "$notes)",
            {
                "file_no": file_no,
                "snapshot": report.snapshot,
                "imported_at": report.imported_at.replace(tzinfo=None),
                "person": report.person,
                "file_name": incoming.file_name,
                "sha256": incoming.sha256,
                "form": incoming.form,
                "rows_read": counts.rows_read,
                "accepted": counts.rows_accepted,
                "refused": counts.rows_refused,
                "duplicates": counts.duplicates,
                "notes": incoming.notes,
            },
        )
        rows = {
            row
            for (row,) in connection.execute(
                "select distinct source_row from refusal "
                "where file_no = $file_no and source_row is not null",
                {"file_no": file_no},
            ).fetchall()
        }
        if rows:
            connection.execute(
                "insert into refused_lines values (batch_of($file_no), $lines)",
                {"file_no": file_no, "lines": incoming.originals.lines(rows)},
            )
    connection.execute(_KEEP_REASONS)


_KEEP_REASONS = """
insert into refused_row
select batch_of(r.file_no), r.source_row, coalesce(s.shown, r.column_name), r.value, r.reason,
    r.what_to_do
from (select distinct * from refusal) as r
left join shown_column as s on s.file_no = r.file_no and s.canonical = r.column_name
"""


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    found = connection.execute(sql).fetchone()
    return int(found[0]) if found else 0
