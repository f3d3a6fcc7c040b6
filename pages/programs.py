"""Whom does each program reach, who stays, and do they do better than similar people who did not
come?

Groups only, for everybody: counted over the whole service without names, small groups hidden.
"""

import streamlit as st

from dashboard.ui import programs
from dashboard.ui.page import answer, heading, source_line, stop_without_data
from dashboard.ui.session import require

session = require("programs")
as_of = heading(session, "programs")
stop_without_data(session)

shown = programs.chosen(session, as_of)
if shown is None:
    st.stop()

answer(*programs.answer_to(session, shown))
programs.cards(session, shown)
programs.funnel_and_outcomes(session, shown)
programs.picture_and_contrast(session, shown)
programs.mean_changes(session, shown)
programs.balance(session, shown)
programs.groups_and_programs(session, shown)
source_line(session, as_of, programs.source_parts(session, shown))
