"""Who on my panel needs me today, and why?

The nurse's worklist: safety answers first, then distress above its cut-off and reliably
worse, then forms that are overdue. Each row says its reason in words.
"""

import streamlit as st

from dashboard.analysis.readings import answer_on_the_panel
from dashboard.analysis.worklist import counts_of_reasons, counts_of_views, with_reasons
from dashboard.ui import worklist
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

listed = with_reasons(panel)
with st.container(horizontal=True, vertical_alignment="center"):
    narrowed = panel_controls(session, listed)
    st.space("stretch")
    worklist.export_button(session, narrowed.rows, as_of, stamp(session, as_of, narrowed.filters))

answer(
    answer_on_the_panel(
        counts_of_views(listed)["today"],
        len(listed),
        counts_of_reasons(listed)["no_score"],
        words,
    )
)
worklist.reason_cards(session, listed)
if narrowed.rows.empty:
    nothing_here(words.say("panel.no_match"), words.say("panel.no_match_next"))
else:
    worklist.worklist(session, narrowed.rows, listed, as_of)
source_line(session, as_of, worklist.source_parts(session, listed))
