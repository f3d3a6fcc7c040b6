"""How is this person doing, what changed, and do they get the support they want?

What the scores say and what the team is told; every score on true dates with cut-offs,
measurement error and the reasons of gaps, each down to its answers, file and row; support wanted
and received over time; safety answers; what happened; and what changed between two visits.
"""

import streamlit as st

from dashboard.analysis.readings import answer_on_the_patient, on_the_patient
from dashboard.analysis.support import judged_types, newest_form
from dashboard.analysis.trajectory import with_declined
from dashboard.ui import (
    acts,
    patient,
    patient_charts,
    patient_items,
    patient_origin,
    patient_support,
    patient_tables,
    patient_visits,
    summary,
)
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
header = session.ask("patient_header", patient_ref=ref, as_of=as_of).iloc[0]
answers = session.ask("patient_answers", patient_ref=ref, as_of=as_of)
scores = with_declined(session.ask("patient_scores", patient_ref=ref, as_of=as_of), answers)
support = session.ask("patient_support", patient_ref=ref, as_of=as_of)
episodes = session.ask("gap_episodes", as_of=as_of)
events = session.ask("patient_events", patient_ref=ref, as_of=as_of)

entries = acts.entries_about(session, ref)
alerts = acts.follow_one(session, as_of, ref, entries)
with patient.picker(session, chosen, as_of):
    summary.offer(session, ref, as_of)
patient.header_facts(session, header, as_of)
patient.safety_notice(session, answers, scores)
if scores.empty and events.empty:
    patient.alerts_section(session, alerts, entries, (scores, support, answers), as_of)
    nothing_here(words.say("patient.no_form"), words.say("patient.no_form_next"))
    st.stop()

view = patient.controls(session, scores, as_of)
told = patient.told(session, scores, header, view)
types = judged_types(newest_form(support))
answer(answer_on_the_patient(told, words), on_the_patient(told, types, words))
patient_charts.cards(session, told)
happened = acts.among_events(session, ref, events, entries)
grid = side_by_side()
with grid.cell():
    patient.alerts_section(session, alerts, entries, (scores, support, answers), as_of)
with grid.cell():
    patient.worth_asking(session, told, types, answers)
    patient_items.safety_section(session, answers, view)
    patient_tables.happened_section(session, happened, patient.raised(alerts))
origin = patient_origin.picked(session, told)
courses = patient_charts.at_a_glance(session, told, happened, view, origin)
patient_origin.origin_section(session, origin, scores, answers)
patient_visits.visits_section(session, told, scores, support, answers)
patient_support.support_section(session, support, view)
patient_support.story_section(session, told, scores, support, episodes, ref, view)
grid = side_by_side()
with grid.cell():
    patient_items.items_section(session, answers, view)
with grid.cell():
    patient_support.association_section(session, told, support, view)
patient_tables.scores_section(session, told, scores, courses, view)
source_line(session, as_of, patient_charts.source_parts(session, told, scores))
