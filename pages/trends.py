"""How is distress moving across these patients, since when, and for whom?

Shares in each band and the middle of each month, in all or by group, of one's own patients or of
the whole service without names; and of one's own patients every course, whom to see first in
front.
"""

import streamlit as st

from dashboard.ui import trends
from dashboard.ui.page import answer, heading, nothing_here, source_line, stop_without_data
from dashboard.ui.session import require

session = require("trends")
words = session.words
as_of = heading(session, "trends")
stop_without_data(session)

shown = trends.chosen(session, as_of)
if shown is None:
    nothing_here(words.say("trends.none"), words.say("trends.none_next"))
    st.stop()
if shown.has_no_month:
    nothing_here(words.say("trends.no_month"), words.say("trends.no_month_next"))
else:
    answer(trends.answer_to(session, shown), trends.explanation(session, shown))
    trends.cards(session, shown)
    trends.bands(session, shown)
    trends.middles(session, shown)
trends.every_line(session, shown)
source_line(session, as_of, trends.source_parts(session, shown))
