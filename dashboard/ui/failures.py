"""What is said when something breaks: an error number on the page, no patient data anywhere.

Exception texts can quote values ("could not convert 'Maria …'"), and so can tracebacks.
The log gets the kind of error and the places in the code, under the number that the
page shows.
"""

import logging
import secrets
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

import streamlit as st

from dashboard.errors import AttunedError
from dashboard.language import words_in
from dashboard.ui.session import language_code

_LOG = logging.getLogger("attuned")


def on_script_error(error: Exception) -> bool:
    """Tell the reader and the log about an error that no page expected.

    Returns:
        True: Streamlit shows nothing of its own.
    """
    number = secrets.token_hex(4)
    _LOG.error("error %s: %s", number, described(error))
    words = words_in(language_code())
    if isinstance(error, AttunedError):
        st.error(words.say("failure.told", number=number), icon=":material/error:")
        # Errors of the family never carry a patient's row; plain text all the same.
        st.text(f"{error.where}: {error.what}\n{error.what_to_do}")
    else:
        st.error(words.say("failure.unknown", number=number), icon=":material/error:")
    return True


def described(error: BaseException) -> str:
    """Kind of error and where it came from, without its text."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-6:])
    return f"{type(error).__name__} at {places or 'an unknown place'}"


def keep_texts_out_of_the_log() -> None:
    """From now on, every log record in this process names errors without their texts.

    Streamlit and the server log uncaught exceptions themselves, before any handler is
    asked; so the records are changed where they are made.
    """
    make = logging.getLogRecordFactory()
    if not getattr(make, "leaves_texts_out", False):
        logging.setLogRecordFactory(_without_texts(make))
    if not _LOG.handlers:
        _LOG.addHandler(logging.StreamHandler())
        _LOG.propagate = False


def _without_texts(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def record_of(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        error = _error_in(record.exc_info)
        if error is not None:
            record.msg = f"{record.getMessage()}: {described(error)}"
            record.args = ()
            record.exc_info = None
        return record

    record_of.leaves_texts_out = True  # type: ignore[attr-defined]
    return record_of


def _error_in(
    exc_info: tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
    | None,
) -> BaseException | None:
    return exc_info[1] if exc_info else None
