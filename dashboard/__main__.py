"""The command line: `python -m dashboard COMMAND`.

Others script it, so its words are stable. Exit status: 0 good, 2 wrong usage, 3 refused,
4 a problem with the store.
"""

import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
import pandas as pd

from dashboard.analysis.alert_reasons import with_sentences
from dashboard.analysis.program_results import newest_counted
from dashboard.analysis.service_indicators import acted_of, service
from dashboard.analysis.service_quarter import Quarter, told_of
from dashboard.analysis.service_targets import targets_of
from dashboard.analysis.trajectory import REFERENCES, Reference
from dashboard.analysis.worklist import in_order
from dashboard.errors import AccessRefused, AttunedError, Refused
from dashboard.intake.mapping import load_map
from dashboard.intake.reading import read_file
from dashboard.intake.recognise import FORMS, NAME_ENDINGS
from dashboard.language import LANGUAGES, words_in
from dashboard.mismatch.follow_up import DETAIL_OF, DONE, Act, first_done, follow_up_of
from dashboard.mismatch.rules import Rules
from dashboard.paper.html import html_of
from dashboard.paper.patient_summary import Ask, Print, patient_summary
from dashboard.paper.pdf import pdf_of
from dashboard.paper.service_report import Print as ReportPrint
from dashboard.paper.service_report import file_of, service_report
from dashboard.store import OPERATOR, Scope, Store
from dashboard.store.demonstration import build_sample_store
from dashboard.store.history import backup, restore, undo, verify, verify_log
from dashboard.store.importing import ImportOptions, catalogue_of, import_files
from dashboard.store.people import scope_of
from dashboard.store.queries import query_named, query_names
from dashboard.store.report import ImportReport
from dashboard.store.snapshots import Snapshot
from dashboard.store.workflow import WorkflowLog

ROOT = Path(__file__).parents[1]
# On screen; a report file always holds every reason.
_REASONS_SHOWN = 20
# Those to whom the Patient page is open.
MAY_READ_PATIENTS = frozenset({"nurse", "psychologist", "operator"})
# Those to whom the Service page is open.
MAY_READ_THE_SERVICE = frozenset({"manager", "psychologist", "operator"})


class _Commands(click.Group):
    """Turns the product's own errors into their message and exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AttunedError as problem:
            click.echo(f"{problem.where}: {problem.what}\n{problem.what_to_do}", err=True)
            ctx.exit(problem.exit_code)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as fault:
            # The message of a fault nobody foresaw may hold a patient's row: only its kind and
            # place are told. Nothing is half-written, because a snapshot appears whole.
            place = traceback.extract_tb(fault.__traceback__)[-1]
            click.echo(
                f"An unexpected fault stopped this: {type(fault).__name__} in "
                f"{Path(place.filename).name}, line {place.lineno}. Nothing was changed.\n"
                "Please report these two lines together with what you did.",
                err=True,
            )
            ctx.exit(AttunedError.exit_code)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Attuned: who in cancer care needs which support, in your own data.

    Exit status: 0 good, 2 wrong usage, 3 refused, 4 a problem with the store.
    """


_store = click.option(
    "--store",
    "directory",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="ATTUNED_STORE",
    default=Path("store"),
    show_default=True,
    help="The folder that holds the data; the environment variable ATTUNED_STORE also names it.",
)
_person = click.option(
    "--person",
    envvar="ATTUNED_PERSON",
    default=None,
    help="Who does this (an id on the staff list); the environment variable ATTUNED_PERSON "
    "also names them. Left out: whoever operates this machine.",
)
_as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day to look at, by what was known then; the newest form's when left out.",
)
_out = click.option(
    "--out",
    "file",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="The file to write.",
)
_form = click.option(
    "--format", "form", type=click.Choice(["pdf", "html"]), default="pdf", show_default=True
)
_language = click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True
)


def _writable(file: Path, option: str) -> None:
    """Refuse at once what could not be written in the end."""
    if not os.access(file.absolute().parent, os.W_OK):
        raise click.BadParameter("its folder cannot be written", param_hint=option)


@main.command()
@_store
def demo(directory: Path) -> None:
    """Build a store of synthetic sample data, if it is not there yet."""
    report = build_sample_store(directory, progress=lambda step: click.echo(f"  {step}", err=True))
    click.echo("The sample store is there already." if report is None else report.verdict)


@main.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@_store
@_person
@click.option("--as", "form", type=click.Choice(FORMS), help="The kind of file, if not by content.")
@click.option("--measure", help="The measure's key, for files of one measure.")
@click.option(
    "--map",
    "map_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A TOML file that says which column is what.",
)
@click.option("--new-patients", is_flag=True, help="Register unknown patient ids as new.")
@click.option("--accept-good-rows", is_flag=True, help="Store the good rows, keep the others.")
@click.option("--supersede", is_flag=True, help="Replace stored values that differ.")
@click.option(
    "--report",
    "report_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the full report to this JSON file.",
)
def import_(
    paths: Sequence[Path],
    directory: Path,
    person: str | None,
    form: str | None,
    measure: str | None,
    map_file: Path | None,
    new_patients: bool,
    accept_good_rows: bool,
    supersede: bool,
    report_file: Path | None,
) -> None:
    """Read forms, patients, staff, programs or events from PATHS (files or folders).

    All files enter together or not at all. Every refused row is listed with its reason; it
    refuses the import unless --accept-good-rows, and then it is kept to be mended.
    """
    if report_file:
        _writable(report_file, "--report")
    catalogue = catalogue_of(directory)
    mapping = load_map(map_file, catalogue) if map_file else None
    files = [
        read_file(path, catalogue, form=form, measure=measure, mapping=mapping)
        for path in _files_of(paths)
    ]
    report = import_files(
        directory,
        files,
        ImportOptions(
            new_patients=new_patients, accept_good_rows=accept_good_rows, supersede=supersede
        ),
        person or OPERATOR.person_id,
    )
    if report_file:
        report_file.write_text(report.model_dump_json(indent=1), "utf-8")
    _show(report)
    if report.rows_refused and not report.stored:
        sys.exit(Refused.exit_code)


def _files_of(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those in a named folder; left out there, and said so, is what no file
    to be imported is called. Hidden files are left out."""
    found: list[Path] = []
    for path in paths:
        if not path.is_dir():
            found.append(path)
            continue
        inside = [
            file
            for file in sorted(path.rglob("*"))
            if file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        found += [file for file in inside if file.suffix.lower() in NAME_ENDINGS]
        left_out = [file for file in inside if file not in found]
        if left_out:
            names = ", ".join(str(file.relative_to(path)) for file in left_out)
            click.echo(f"Left out of {path}, being no table or JSON: {names}")
    if not found:
        raise Refused(", ".join(map(str, paths)), "there is no file here.", "Name another folder.")
    return found


def _show(report: ImportReport) -> None:
    for file in report.files:
        click.echo(
            f"{file.file} ({file.form}): {file.rows_read} rows read, {file.rows_accepted} "
            f"accepted, {file.rows_refused} refused, {file.duplicates} already there"
        )
        for note in file.notes:
            click.echo(f"  note: {note}")
    for refused in report.refused[:_REASONS_SHOWN]:
        click.echo(f"  {refused}")
    if len(report.refused) > _REASONS_SHOWN:
        click.echo(
            f"  … and {len(report.refused) - _REASONS_SHOWN} more reasons (see --report FILE)."
        )
    if report.unknown_patients:
        click.echo(f"Patients on no list: {report.unknown_patients}")
    if report.totals_that_disagree:
        click.echo(
            f"Ready-made totals that differ from their items: {report.totals_that_disagree} "
            "(both are kept; the items count)"
        )
    click.echo(report.verdict)


@main.command()
@click.argument("name", metavar="NAME")
@_store
@_person
@click.option("-p", "pairs", multiple=True, metavar="KEY=VALUE", help="A parameter of the query.")
@click.option(
    "--format", "output", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
def query(
    name: str, directory: Path, person: str | None, pairs: tuple[str, ...], output: str
) -> None:
    """Ask one named question, for instance `scores`; the answer goes to standard output."""
    params: dict[str, Any] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator:
            raise click.BadParameter(f"{pair!r} is not KEY=VALUE", param_hint="-p")
        params[key] = value
    store = Store(directory)
    _print(store.query(name, _scope(store, person), **params), name, output)


def _print(found: pd.DataFrame, name: str, output: str) -> None:
    """The answer of a query on standard output."""
    frame = _readable(found, name)
    if output == "json":
        # Fifteen digits are all that a number here can be trusted to hold.
        click.echo(
            frame.to_json(
                orient="records", date_format="iso", force_ascii=False, double_precision=15
            )
        )
    else:
        click.echo(_with_joined_lists(frame, name).to_csv(index=False), nl=False)


def _readable(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Calendar dates as YYYY-MM-DD, without the midnight that pandas gives them."""
    readable = {}
    for column, kind in query_named(name).returns.items():
        if kind == "date":
            readable[column] = pd.to_datetime(frame[column]).dt.strftime("%Y-%m-%d")
        elif kind == "date[]":
            readable[column] = frame[column].map(
                lambda days: list(pd.DatetimeIndex(days).strftime("%Y-%m-%d")), na_action="ignore"
            )
    return frame.assign(**readable)


def _with_joined_lists(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Lists as one cell with ; between, as in the files that come in."""
    lists = [column for column, kind in query_named(name).returns.items() if kind.endswith("[]")]
    return frame.assign(
        **{
            column: frame[column].map(
                lambda several: ";".join("" if pd.isna(one) else str(one) for one in several),
                na_action="ignore",
            )
            for column in lists
        }
    )


@main.command("alerts")
@_store
@_person
@_as_of
@click.option(
    "--format", "output", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
def alerts_(directory: Path, person: str | None, as_of: datetime | None, output: str) -> None:
    """Print who does not get the support they need, or needs someone, and why."""
    store = Store(directory)
    scope = _scope(store, person)
    day = as_of.date() if as_of else _newest_day(store)
    found = with_sentences(store.query("alerts", scope, as_of=day), words_in("en"))
    _print(found, "alerts", output)


def _newest_day(store: Store) -> date:
    newest = store.query("store_summary", OPERATOR)["newest_on"].iloc[0]
    return date.today() if pd.isna(newest) else pd.Timestamp(newest).date()


@main.command("summary")
@click.argument("patient_id", metavar="PATIENT_ID")
@_store
@_person
@_out
@_as_of
@_form
@_language
@click.option(
    "--reference",
    type=click.Choice(REFERENCES),
    default="first",
    show_default=True,
    help="The form that scores are compared with.",
)
def summary_(
    patient_id: str,
    directory: Path,
    person: str | None,
    file: Path,
    as_of: datetime | None,
    form: str,
    language: str,
    reference: Reference,
) -> None:
    """Write one page about one patient for the record, and write down that it was taken out."""
    _writable(file, "--out")
    store, log = Store(directory), WorkflowLog(directory)
    scope = _scope(store, person)
    if scope.role not in MAY_READ_PATIENTS:
        log.append(scope.person_id, Act.denied, detail={"page": "summary"})
        raise AccessRefused(
            "summary", "pages about patients are not open to this person.", "Ask their nurse."
        )
    snapshot = store.newest()
    ask = partial(_asked, store, scope, snapshot)
    found = ask("patients_in_scope")
    found = found[found["patient_id"] == patient_id]
    if found.empty:
        raise AccessRefused(
            "summary", "there is no such patient among those of this person.", "Check the id."
        )
    patient_ref = str(found["patient_ref"].iloc[0])
    day = as_of.date() if as_of else _newest_day(store)
    people = ask("people").set_index("person_id")["name"]
    paper = patient_summary(
        patient_ref,
        reference,
        Print(
            ask=ask,
            alerts=_followed(ask, log, patient_ref, day),
            entries=log.entries(patient_ref=patient_ref, acts=list(DETAIL_OF)),
            catalogue=catalogue_of(directory),
            words=words_in(language),
            as_of=day,
            snapshot=snapshot.number,
            sample=store.is_sample(),
            by=str(people.get(scope.person_id, scope.person_id)),
            role=scope.role,
            at=datetime.now(UTC),
        ),
    )
    content = pdf_of(paper) if form == "pdf" else html_of(paper)
    # Written down first: what is not in the log does not leave.
    log.append(
        scope.person_id,
        Act.exported,
        patient_ref=patient_ref,
        detail={"file": f"summary.{form}", "as_of": day.isoformat()},
    )
    file.write_bytes(content)


class _QuarterName(click.ParamType):
    name = "quarter"

    def convert(self, value: Any, param: Any, ctx: Any) -> Quarter:
        try:
            return Quarter.named(value)
        except ValueError:
            self.fail(f"{value!r} is no quarter; write it like 2026Q3.", param, ctx)


@main.command("report")
@_store
@_person
@click.option(
    "--quarter",
    required=True,
    type=_QuarterName(),
    metavar="YEARQn",
    help="The quarter, for instance 2026Q3; it has to be over.",
)
@_out
@_as_of
@_form
@_language
def report_(
    directory: Path,
    person: str | None,
    quarter: Quarter,
    file: Path,
    as_of: datetime | None,
    form: str,
    language: str,
) -> None:
    """Write the report of one quarter of the service, and write down that it was taken out.

    Groups only: small numbers are hidden as on the Service page.
    """
    _writable(file, "--out")
    store, log = Store(directory), WorkflowLog(directory)
    scope = _scope(store, person)
    if scope.role not in MAY_READ_THE_SERVICE:
        log.append(scope.person_id, Act.denied, detail={"page": "report"})
        raise AccessRefused(
            "report",
            "numbers about the whole service are not open to this person.",
            "Ask a manager or a psychologist.",
        )
    snapshot = store.newest()
    ask = partial(_asked, store, Scope(scope.person_id, "service"), snapshot)
    day = as_of.date() if as_of else _newest_day(store)
    targets, minimum = targets_of(directory), store.minimum_cell
    acted = acted_of(first_done(log.entries(acts=[*DONE, Act.undone])))
    people = store.query("people", OPERATOR, snapshot=snapshot).set_index("person_id")["name"]
    paper = service_report(
        told_of(quarter, day, lambda known: service(ask, known, targets, minimum, acted)),
        newest_counted(ask, catalogue_of(directory), quarter.last, minimum),
        ReportPrint(
            words=words_in(language),
            as_of=day,
            snapshot=snapshot.number,
            sample=store.is_sample(),
            by=str(people.get(scope.person_id, scope.person_id)),
            role=scope.role,
            at=datetime.now(UTC),
        ),
    )
    content = pdf_of(paper) if form == "pdf" else html_of(paper)
    # Written down first: what is not in the log does not leave.
    log.append(
        scope.person_id,
        Act.exported,
        detail={"file": file_of(quarter, form), "as_of": day.isoformat()},
    )
    file.write_bytes(content)


def _asked(
    store: Store, scope: Scope, snapshot: Snapshot, question: str, **params: str | int | date
) -> pd.DataFrame:
    return store.query(question, scope, snapshot=snapshot, **params)


def _followed(ask: Ask, log: WorkflowLog, patient_ref: str, day: date) -> pd.DataFrame:
    """One patient's alerts of a day, with how each stands after what was done."""
    alerts = ask("alerts", as_of=day)
    alerts = alerts[alerts["patient_ref"] == patient_ref]
    rules = Rules.model_validate_json(ask("rule_versions")["rules"].iloc[0])
    entries = log.entries(alert_keys=list(alerts["alert_key"]))
    standing = follow_up_of(alerts, entries, date.today(), rules.follow_up.snooze_days)
    return in_order(alerts, standing)


@main.command("queries")
def queries_() -> None:
    """List the questions that `query` can ask, with their parameters."""
    for name in query_names():
        asked = query_named(name)
        params = ", ".join(f"{key} {kind}" for key, kind in asked.params.items())
        click.echo(f"{name}({params})\n  {asked.purpose}")


@main.command("undo")
@_store
@_person
def undo_(directory: Path, person: str | None) -> None:
    """Take the last import back; once more takes back the one before it."""
    snapshot = undo(directory, person or OPERATOR.person_id)
    click.echo(f"The last import is taken back (snapshot {snapshot.number}).")


@main.command("verify")
@_store
@click.option("--head", help="A head printed earlier and kept: the log must have grown from it.")
def verify_(directory: Path, head: str | None) -> None:
    """Check that every kept snapshot is what was published, and the log what was written.

    Keep the log's head elsewhere: only beside it do entries cut off at the end show.
    """
    for snapshot, contents in verify(directory):
        click.echo(
            f"{snapshot.path.name}: sound; {contents.patients} patients, "
            f"{contents.assessments} forms, {contents.answers} answers, {contents.scores} scores"
        )
    log = verify_log(directory, head)
    if log is not None:
        entries, newest = log
        click.echo(f"workflow log: sound; {entries} entries, head {newest}")


@main.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_store
def backup_(file: Path, directory: Path) -> None:
    """Write the newest data, the workflow log and the centre's own definitions to FILE (a zip)."""
    contents = backup(directory, file)
    click.echo(f"{file.name}: {contents.patients} patients, {contents.assessments} forms saved.")


@main.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_store
@_person
def restore_(file: Path, directory: Path, person: str | None) -> None:
    """Make the backup in FILE the newest data; what was there can be undone to."""
    snapshot = restore(directory, file, person or OPERATOR.person_id)
    click.echo(f"Restored (snapshot {snapshot.number}).")


@main.command()
@_store
@_person
@click.option("--port", default=8501, show_default=True, help="The port on this machine.")
def run(directory: Path, person: str | None, port: int) -> None:
    """Serve the app on this machine only, until Ctrl-C.

    A sample store offers every role as a demonstration. A store of one's own is opened as
    one person: --person ID, an id on its staff list.
    """
    store = Store(directory)
    if not store.is_sample():
        if person is None:
            raise click.UsageError("this store is for your own data: say who you are, --person ID")
        scope_of(store, person)
    environment = {**os.environ, "ATTUNED_STORE": str(directory.resolve())}
    if person is not None:
        environment["ATTUNED_PERSON"] = person
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py"]
    command += [f"--server.port={port}"]
    if os.name == "posix":
        # The server takes this process's place, so that whatever stops one stops the other.
        os.chdir(ROOT)
        os.execve(sys.executable, command, environment)
    sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)


def _scope(store: Store, person: str | None) -> Scope:
    return OPERATOR if person is None else scope_of(store, person)


if __name__ == "__main__":
    main(prog_name="python -m dashboard")
