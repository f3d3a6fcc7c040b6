-- purpose: What patients scored at planned times since a time zero of their own, and how long they
--          were followed.
-- params:  as_of date, measure_key varchar, scale_key varchar, zero varchar
-- returns: patient_id varchar, followed double, months_since_diagnosis double, at_0 double,
--          at_3 double, at_6 double, at_12 double
-- grain:   one row per patient in scope who has a time zero: zero is diagnosis, treatment (its
--          start), first (form with a score on the scale) or program (first session of any).
--          Planned times are 0, 3, 6 and 12 months; a form belongs to the one it is nearest to, and
--          of several the nearest counts, the earlier of two as near. followed is in months, up to
--          as_of or the end of care
with scored as (
    select patient_id, completed_on, assessment_id, score
    from score
    where measure_key = $measure_key and scale_key = $scale_key and score is not null
        and completed_on <= $as_of
),
begun as (
    select patient_id, diagnosed_on as zero_on
    from patient
    where $zero = 'diagnosis'
    union all
    select patient_id, treatment_started_on
    from patient
    where $zero = 'treatment'
    union all
    select patient_id, min(completed_on)
    from scored
    where $zero = 'first'
    group by patient_id
    union all
    select patient_id, min(occurred_on)
    from event
    where $zero = 'program' and program_key is not null
        and kind in ('group_session_attended', 'referral_attended')
    group by patient_id
),
placed as (
    select
        s.patient_id, s.score, s.assessment_id,
        (s.completed_on - b.zero_on) / 30.4375 as months,
        case
            when months < 1.5 then 0
            when months < 4.5 then 3
            when months < 9 then 6
            else 12
        end as planned,
        (abs(months - planned), months, s.assessment_id) as away
    from scored as s
    join begun as b using (patient_id)
    where months >= -1.5 and months < 15
),
nearest as (
    select
        patient_id,
        arg_min(score, away) filter (where planned = 0) as at_0,
        arg_min(score, away) filter (where planned = 3) as at_3,
        arg_min(score, away) filter (where planned = 6) as at_6,
        arg_min(score, away) filter (where planned = 12) as at_12
    from placed
    group by patient_id
)
select
    p.patient_id,
    (
        case when p.status <> 'active' and p.status_on < $as_of then p.status_on else $as_of end
        - b.zero_on
    ) / 30.4375 as followed,
    (b.zero_on - p.diagnosed_on) / 30.4375 as months_since_diagnosis,
    n.at_0,
    n.at_3,
    n.at_6,
    n.at_12
from begun as b
join patient as p using (patient_id)
left join nearest as n using (patient_id)
where b.zero_on <= $as_of
order by p.patient_id;
