"""Who on my panel needs me today, and why?

The nurse's worklist: one row a patient in the tier of their most urgent open alert. Each row
says its reasons in words and how far the team is; acts are done without leaving the page.
"""

import streamlit as st

from dashboard.analysis.readings import answer_on_the_panel
from dashboard.analysis.worklist import merged, new_today
from dashboard.ui import acts, worklist
from dashboard.ui.export import stamp
from dashboard.ui.filters import panel_controls
from dashboard.ui.page import answer, heading, nothing_here, source_line, stop_without_data
from dashboard.ui.session import require

session = require("panel")
words = session.words
as_of = heading(session, "panel")
stop_without_data(session)

panel = session.ask("panel", as_of=as_of)
if panel.empty:
    nothing_here(words.say("panel.empty"), words.say("panel.empty_next"))
    st.stop()

followed = acts.follow(session, as_of)
listed = merged(panel, followed, as_of)
with st.container(horizontal=True, vertical_alignment="center"):
    narrowed = panel_controls(session, listed)
    st.space("stretch")
    origin = stamp(session, as_of, narrowed.filters)
    worklist.export_button(session, narrowed.rows, followed, origin)

today, new, nobody = new_today(listed)
answer(answer_on_the_panel(today, len(listed), new, nobody, words))
worklist.tier_cards(session, listed)
worklist.worklist(session, narrowed.rows, listed, followed, as_of)
source_line(session, as_of, worklist.source_parts(session, listed))
