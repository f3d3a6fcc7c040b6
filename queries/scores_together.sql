-- purpose: Each score of one scale beside the nearest score of another, a lasting trait of the
--          person, and what an adjusted comparison takes into account.
-- params:  as_of date, outcome varchar, beside varchar, trait varchar
-- returns: patient_id varchar, site varchar, sex varchar, stage varchar, age integer,
--          months_since_diagnosis double, completed_on date, outcome double, beside double,
--          trait double
-- grain:   one row per scored form of the outcome. Scales are written measure/scale;
--          `support_grid/unmet` counts the types whose gap is as wide as the rules ask, on forms
--          that judge every type. beside: the nearest within the window of the rules, the later of
--          two as near; trait: the mean of all of the person's scores
with support_types as (
    select count(*) as types
    from item
    where measure_key = 'support_grid' and starts_with(item_key, 'need_')
),
limits as (
    select
        max(value) filter (where name = 'under_gap') as gap,
        max(value) filter (where name = 'distress_window') as near
    from rule_value
),
measured as (
    select
        patient_id, measure_key || '/' || scale_key as scale, completed_on, wave, score
    from score
    where score is not null and completed_on <= $as_of
    union all
    select
        f.patient_id, 'support_grid/unmet' as scale, f.from_on as completed_on, '' as wave,
        count(*) filter (where f.need - f.received >= l.gap) as score
    from alert_fact as f
    cross join limits as l
    where f.fact = 'judged' and f.from_on <= $as_of
    group by f.patient_id, f.from_on
    having count(*) = (select types from support_types)
),
outcomes as (
    select assessment_id, patient_id, completed_on, score as outcome
    from score
    where measure_key || '/' || scale_key = $outcome and score is not null
        and completed_on <= $as_of
),
nearest as (
    select o.assessment_id, m.score as beside
    from outcomes as o
    join measured as m
        on m.patient_id = o.patient_id and m.scale = $beside
        and abs(m.completed_on - o.completed_on) <= (select near from limits)
    qualify row_number() over (
        partition by o.assessment_id
        order by abs(m.completed_on - o.completed_on), m.completed_on desc, m.wave desc
    ) = 1
),
traits as (
    select patient_id, avg(score) as trait
    from measured
    where scale = $trait
    group by patient_id
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
    n.beside,
    t.trait
from outcomes as o
join patient as p using (patient_id)
left join nearest as n using (assessment_id)
left join traits as t using (patient_id)
order by o.patient_id, o.completed_on, o.assessment_id;
