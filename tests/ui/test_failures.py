"""When something breaks, the log names kind and place, and no value from the data."""

import io
import logging
from collections.abc import Iterator

import pytest

from dashboard.ui.failures import described, keep_texts_out_of_the_log

CANARY = "Maria Canary, P-0412"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a logger of the server writes once texts are kept out."""
    factory = logging.getLogRecordFactory()
    keep_texts_out_of_the_log()
    stream = io.StringIO()
    receiver = logging.StreamHandler(stream)
    log = logging.getLogger("streamlit.error_util")
    log.addHandler(receiver)
    yield stream
    log.removeHandler(receiver)
    logging.setLogRecordFactory(factory)


def broken() -> Exception:
    """An error whose text, cause and notes all quote a patient."""
    problem = KeyError(CANARY)
    problem.add_note(CANARY)
    problem.__cause__ = ValueError(CANARY)
    with pytest.raises(KeyError) as caught:
        raise problem
    return caught.value


def test_the_log_names_kind_and_place_only(written: io.StringIO) -> None:
    error = broken()
    logging.getLogger("streamlit.error_util").error("Uncaught app execution", exc_info=error)
    assert "KeyError" in written.getvalue()
    assert "test_failures.py" in written.getvalue()
    assert CANARY not in written.getvalue()
    assert "Traceback" not in written.getvalue()


def test_ordinary_lines_are_left_as_they_are(written: io.StringIO) -> None:
    logging.getLogger("streamlit.error_util").error("port %s is taken", 8501)
    assert written.getvalue() == "port 8501 is taken\n"


def test_asking_twice_changes_nothing_more(written: io.StringIO) -> None:
    once = logging.getLogRecordFactory()
    keep_texts_out_of_the_log()
    assert logging.getLogRecordFactory() is once


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert described(ValueError(CANARY)) == "ValueError at an unknown place"
