"""One file in, one `Incoming` out."""

from pathlib import Path

from dashboard.errors import FileRefused
from dashboard.intake.csv_text import read_csv
from dashboard.intake.decoding import LARGEST_FILE, check_size
from dashboard.intake.excel import read_excel
from dashboard.intake.fhir import LARGEST_NDJSON, read_fhir
from dashboard.intake.incoming import Incoming
from dashboard.intake.mapping import ROW_NUMBER, Mapping
from dashboard.intake.recognise import FORMS, recognise
from dashboard.intake.redcap import is_redcap, read_redcap, refuse_dictionary
from dashboard.intake.shapes import read_sheet
from dashboard.measures.catalogue import Catalogue


def read_file(
    path: Path,
    catalogue: Catalogue,
    *,
    form: str | None = None,
    measure: str | None = None,
    mapping: Mapping | None = None,
    largest: int = LARGEST_FILE,
) -> Incoming:
    """Reads one file, whatever it is.

    Args:
        form: csv, excel, redcap or fhir; recognised by content when not given.
        measure: the measure of every row, where the file does not say it.
        mapping: which column is which, for foreign files (`mapping.load_map`).
        largest: bytes from which a file is refused before it is opened.

    Raises:
        FileRefused: the file as a whole cannot be trusted; where, what and what next.
    """
    check_size(path, LARGEST_NDJSON)
    if form is not None and form not in FORMS:
        raise FileRefused(path.name, f"“{form}” is not a form of file.", f"Use {', '.join(FORMS)}.")
    if measure is not None and measure not in catalogue:
        raise FileRefused(
            path.name, f"there is no measure “{measure}”.", "See the Measures page for the keys."
        )
    stated = form
    form = form or recognise(path)
    if form == "fhir":
        incoming = read_fhir(path, catalogue, largest=largest)
        if mapping is not None or measure is not None:
            incoming.notes.append("FHIR says itself what is what: map and measure were not used.")
        return incoming
    declared = mapping or Mapping()
    if form == "excel":
        sheet, sha256 = read_excel(path, sheet=declared.sheet, largest=largest)
    else:
        sheet, sha256 = read_csv(
            path, encoding=declared.encoding, delimiter=declared.delimiter, largest=largest
        )
    refuse_dictionary(sheet)
    from_redcap = stated == "redcap" or (stated != "csv" and is_redcap(sheet))
    if from_redcap and form == "csv":
        form = "redcap"
    read = read_redcap if from_redcap else read_sheet
    extract = read(sheet, catalogue, measure=measure, mapping=mapping)
    return Incoming(
        file_name=path.name,
        sha256=sha256,
        form=form,
        rows_read=len(sheet),
        tables=extract.tables,
        refusals=extract.refusals,
        notes=[*sheet.notes, *extract.notes],
        column_names=extract.column_names,
        originals=sheet.originals(keep_row_numbers=declared.patient_id == ROW_NUMBER),
    )
