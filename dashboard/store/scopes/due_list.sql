-- When each active patient's next form is due, and why (dashboard/mismatch/pathway.toml).
create temp macro due_list(as_of) as table
with people as (
    select * from patient
    where status = 'active' or status_on > as_of
),
screened as (       -- the latest score of each screening scale
    select
        s.patient_id,
        max(s.completed_on) as last_form_on,
        max(s.completed_on) filter (where s.score is not null) as last_screen_on,
        arg_max(s.score, (s.completed_on, s.assessment_id)) filter (where s.score is not null)
            as latest,
        -- A score of more than a year ago says nothing about today.
        last_screen_on > as_of - 365 and case any_value(c.higher_is)
            when 'worse' then latest >= any_value(c.screen_cut_off)
            else latest <= any_value(c.screen_cut_off)
        end as positive
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    where c.screen_cut_off is not null and m.domain = 'distress' and s.completed_on <= as_of
    group by s.patient_id, s.measure_key, s.scale_key
),
forms as (
    select
        patient_id,
        max(last_form_on) as last_form_on,
        max(last_screen_on) as last_screen_on,
        bool_or(positive) as positive
    from screened
    group by patient_id
),
declined as (       -- a form on which answers were declined and none was given
    select patient_id, max(from_on) as declined_on
    from alert_fact
    where fact = 'declined' and from_on <= as_of
    group by patient_id
),
milestones as (     -- from the patient list too: not every centre keeps events
    select patient_id, occurred_on as milestone_on
    from event
    where kind in ('diagnosis', 'surgery', 'treatment_start', 'treatment_end', 'recurrence')
    union all
    select patient_id, unnest([diagnosed_on, treatment_started_on, treatment_ended_on])
    from people
),
days as (
    select
        max(days) filter (where rule = 'after_treatment_event') as after_treatment_event,
        max(days) filter (where rule = 'on_treatment') as on_treatment,
        max(days) filter (where rule = 'follow_up') as follow_up,
        max(days) filter (where rule = 'after_positive_screen') as after_positive_screen
    from pathway
),
seen as (           -- when this person last answered, or said no
    select
        p.patient_id,
        p.phase,
        f.last_form_on,
        d.declined_on,
        greatest(f.last_screen_on, d.declined_on) as seen_on
    from people as p
    left join forms as f using (patient_id)
    left join declined as d using (patient_id)
),
asked as (          -- and the first milestone since then: a later one grants no further delay
    select s.*, min(m.milestone_on) as milestone_on
    from seen as s
    left join milestones as m
        on m.patient_id = s.patient_id and m.milestone_on <= as_of
        and (s.seen_on is null or m.milestone_on > s.seen_on)
    group by all
),
due as (
    select
        a.patient_id, a.last_form_on, a.declined_on,
        min_by(candidate.reason, (candidate.due_on, candidate.place)) as due_reason,
        min(candidate.due_on) as next_due_on
    from asked as a
    cross join days
    left join forms as j on j.patient_id = a.patient_id
    left join lateral (
        select * from (values
            (1, 'first_form', case when a.seen_on is null
                then a.milestone_on + days.after_treatment_event end),
            (2, 'after_treatment_event', case when a.seen_on is not null
                then a.milestone_on + days.after_treatment_event end),
            (3, 'after_positive_screen', case when j.positive
                then a.seen_on + days.after_positive_screen end),
            (4, 'follow_up', case when a.phase = 'follow_up' then a.seen_on + days.follow_up end),
            (5, 'on_treatment', case when a.phase is distinct from 'follow_up'
                then a.seen_on + days.on_treatment end)
        ) as candidate (place, reason, due_on)
        where due_on is not null
    ) as candidate on true
    group by a.patient_id, a.last_form_on, a.declined_on
)
select patient_id, last_form_on, declined_on, due_reason, next_due_on from due;
