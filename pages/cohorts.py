"""How do two groups of patients differ from a common beginning on, and is it more than chance?

Both cohorts are built here, of one's own patients or of the whole service without names; what is
described stands first, and models are worked out when they are asked for.
"""

import streamlit as st

from dashboard.ui.cohorts.controls import chosen
from dashboard.ui.cohorts.display import show
from dashboard.ui.page import heading, nothing_here, stop_without_data
from dashboard.ui.session import require

session = require("cohorts")
words = session.words
as_of = heading(session, "cohorts")
stop_without_data(session)

asked = chosen(session, as_of)
if asked is None:
    nothing_here(words.say("cohorts.none"), words.say("cohorts.none_next"))
    st.stop()
show(session, asked)
