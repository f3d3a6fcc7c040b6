"""How is this person doing, what changed, and do they get the support they want?

What the team is told about one person and does about it; their scores on true dates with
cut-offs, measurement error and gaps; the support grid and each gap over time; the answers of a
form; what happened; and every score down to its file and row.
"""

import streamlit as st

from dashboard.analysis.readings import answer_on_the_patient, on_the_patient
from dashboard.analysis.support import judged_types, newest_form
from dashboard.analysis.trajectory import stories
from dashboard.ui import acts, patient, patient_charts, patient_tables
from dashboard.ui.page import (
    answer,
    heading,
    nothing_here,
    side_by_side,
    source_line,
    stop_without_data,
)
from dashboard.ui.session import require

session = require("patient")
words = session.words
chosen = patient.choose(session)
if chosen is not None:
    acts.note_viewed(session, chosen.patient_ref)
as_of = heading(session, "patient", title=chosen.name if chosen else None)
stop_without_data(session)
if chosen is None:
    nothing_here(words.say("panel.empty"), words.say("panel.empty_next"))
    st.stop()

ref = chosen.patient_ref
header = session.ask("patient_header", patient_ref=ref, as_of=as_of)
scores = session.ask("patient_scores", patient_ref=ref, as_of=as_of)
answers = session.ask("patient_answers", patient_ref=ref, as_of=as_of)
support = session.ask("patient_support", patient_ref=ref, as_of=as_of)
episodes = session.ask("gap_episodes", as_of=as_of)
events = session.ask("patient_events", patient_ref=ref, as_of=as_of)

followed = acts.follow(session, as_of)
patient.picker(session, chosen, followed, as_of)
patient.header_facts(session, header.iloc[0], as_of)
patient.safety_notice(session, ref, as_of)
alerts = followed[followed["patient_ref"] == ref]
patient.alerts_section(session, alerts, (scores, support, answers), as_of)
if scores.empty and events.empty:
    nothing_here(words.say("patient.no_form"), words.say("patient.no_form_next"))
    st.stop()

view = patient.controls(session, scores, as_of)
told = stories(scores, session.catalogue, view.reference, as_of)
types = judged_types(newest_form(support))
answer(answer_on_the_patient(told, words), on_the_patient(told, types, words))
patient_charts.cards(session, told)
patient_charts.at_a_glance(session, told, events, view)
patient_charts.support_section(session, support, view)
patient_charts.gaps_section(session, support, episodes[episodes["patient_ref"] == ref], view)

grid = side_by_side()
with grid.cell():
    patient_charts.items_section(session, answers, view)
with grid.cell():
    patient_tables.events_section(session, events)
patient_tables.scores_section(session, told, scores, view)
source_line(session, as_of, patient_charts.source_parts(session, told, scores))
