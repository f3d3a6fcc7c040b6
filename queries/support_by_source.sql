-- purpose: How much support came from each source on the days of an outcome.
-- params:  as_of date, outcome varchar, instrument varchar
-- returns: patient_id varchar, site varchar, sex varchar, stage varchar, age integer,
--          months_since_diagnosis double, completed_on date, outcome double, source varchar,
--          support double, applicable boolean
-- grain:   one row per scored form of the outcome (written measure/scale) and source, where a form
--          of the instrument (`support_grid`: received, mean over at least three types; `mspss`:
--          perceived) lies within the window of the rules; applicable is false where there is no
--          such source, and null where nothing was answered
with outcomes as (
    select assessment_id, patient_id, completed_on, score as outcome
    from score
    where measure_key || '/' || scale_key = $outcome and score is not null
        and completed_on <= $as_of
),
given as (
    select 'support_grid' as instrument, patient_id, assessment_id, completed_on, source,
        received as support, applicable
    from received_by_source($as_of)
    union all
    select 'mspss' as instrument, patient_id, assessment_id, completed_on, scale_key as source,
        score as support, case when score is not null then true end as applicable
    from score
    where measure_key = 'mspss' and scale_key <> 'total' and completed_on <= $as_of
),
forms as (
    select distinct patient_id, assessment_id, completed_on
    from given
    where instrument = $instrument
),
nearest as (
    select o.assessment_id as outcome_id, f.assessment_id
    from outcomes as o
    join forms as f
        on f.patient_id = o.patient_id
        and abs(f.completed_on - o.completed_on)
            <= (select any_value(value) from rule_value where name = 'distress_window')
    qualify row_number() over (
        partition by o.assessment_id
        order by abs(f.completed_on - o.completed_on), f.completed_on desc, f.assessment_id desc
    ) = 1
)
select
    o.patient_id,
    p.site,
    p.sex,
    p.stage,
    (year(o.completed_on) - p.birth_year)::integer as age,
    (o.completed_on - p.diagnosed_on) / 30.4375 as months_since_diagnosis,
    o.completed_on,
    o.outcome,
    g.source,
    g.support,
    g.applicable
from outcomes as o
join nearest as n on n.outcome_id = o.assessment_id
join given as g on g.assessment_id = n.assessment_id and g.instrument = $instrument
join patient as p on p.patient_id = o.patient_id
order by o.patient_id, o.completed_on, o.assessment_id, g.source;
