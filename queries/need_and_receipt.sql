-- purpose: Need and receipt of support of each type on every form that judges it, beside an
--          outcome of the same days.
-- params:  as_of date, outcome varchar
-- returns: patient_id varchar, site varchar, sex varchar, stage varchar, age integer,
--          months_since_diagnosis double, support_type varchar, completed_on date, need double,
--          received double, outcome double
-- grain:   one row per patient, judged form and type that has a score of the outcome (written
--          measure/scale) within the window of the rules; the nearest counts, the later of two
with outcomes as (
    select patient_id, completed_on, wave, score
    from score
    where measure_key || '/' || scale_key = $outcome and score is not null
        and completed_on <= $as_of
),
judged as (
    select patient_id, support_type, from_on as completed_on, need, received
    from alert_fact
    where fact = 'judged' and from_on <= $as_of
)
select
    j.patient_id,
    p.site,
    p.sex,
    p.stage,
    (year(j.completed_on) - p.birth_year)::integer as age,
    (j.completed_on - p.diagnosed_on) / 30.4375 as months_since_diagnosis,
    j.support_type,
    j.completed_on,
    j.need,
    j.received,
    o.score as outcome
from judged as j
join patient as p using (patient_id)
join outcomes as o
    on o.patient_id = j.patient_id
    and abs(o.completed_on - j.completed_on)
        <= (select any_value(value) from rule_value where name = 'distress_window')
qualify row_number() over (
    partition by j.patient_id, j.support_type, j.completed_on
    order by abs(o.completed_on - j.completed_on), o.completed_on desc, o.wave desc
) = 1
order by j.patient_id, j.completed_on, j.support_type;
