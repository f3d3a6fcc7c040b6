"""Who does not get the support they need, from whom, and does unmet need go with distress here?

Everyone in scope, counted by type of support and source, over time and until met; each count
leads to the patients behind it.
"""

import streamlit as st

from dashboard.ui import mismatch
from dashboard.ui.page import answer, heading, nothing_here, source_line, stop_without_data
from dashboard.ui.session import require

session = require("mismatch")
words = session.words
as_of = heading(session, "mismatch")
stop_without_data(session)

shown = mismatch.chosen(session, as_of)
if shown.asked_nobody:
    nothing_here(words.say("mismatch.no_grid"), words.say("mismatch.no_grid_next"))
    mismatch.not_judged(session, shown)
    st.stop()

answer(mismatch.answer_to(session, shown))
mismatch.cards(session, shown)
mismatch.matrix(session, shown)
mismatch.trend(session, shown)
mismatch.how_long(session, shown)
mismatch.four_and_widest(session, shown)
mismatch.not_judged(session, shown)
source_line(session, as_of, mismatch.source_parts(session, shown))
