"""When are we told, and what would another threshold have meant?

The alert rules in words, a draft of other thresholds replayed over the past year, and the
versions that were ever in force.
"""

import streamlit as st

from dashboard.ui import rules
from dashboard.ui.page import answer, heading, nothing_here, source_line
from dashboard.ui.session import require

session = require("rules")
words = session.words
as_of = heading(session, "rules")
rules.published_just_now(session)

in_force = rules.in_force(session)
if session.snapshot == 0:
    nothing_here(words.say("rules.empty"), words.say("empty.next"))
    rules.in_words(session, in_force)
    rules.pathway(session)
    st.stop()

replay = rules.replay(session, in_force, as_of)
rules.version_line(session, in_force, replay)
answer(rules.answer_to(session, replay))
rules.cards(session, replay)
rules.form_and_charts(session, in_force, replay, as_of)
rules.publish_and_versions(session, in_force, replay)
rules.in_words(session, in_force)
rules.measurement_error(session, as_of)
rules.pathway(session)
source_line(session, as_of, rules.source_parts(session, in_force, replay))
