-- purpose: How scores move in the time that a program would take, among people who came to none.
-- params:  as_of date, scale varchar, from_on date, until_on date, after_from integer,
--          after_until integer
-- returns: patient_id varchar, before double, after double
-- grain:   one row per form scored on the scale (written measure/scale) from `from_on` to
--          `until_on`, with the last one from `after_from` to `after_until` days after it; of people
--          who had come to no program up to then
with attended as (
    select patient_id, min(occurred_on) as first_on
    from event
    where kind in ('referral_attended', 'group_session_attended') and program_key is not null
        and occurred_on <= $as_of
    group by patient_id
),
scored as (
    select patient_id, completed_on, assessment_id, score
    from score
    where measure_key = split_part($scale, '/', 1) and scale_key = split_part($scale, '/', 2)
        and score is not null
        and completed_on between $from_on and $until_on + $after_until
        and completed_on <= $as_of
)
select
    b.patient_id,
    any_value(b.score) as before,
    arg_max(a.score, (a.completed_on, a.assessment_id)) as after
from scored as b
join scored as a
    on a.patient_id = b.patient_id
    and a.completed_on between b.completed_on + $after_from and b.completed_on + $after_until
left join attended as t on t.patient_id = b.patient_id
where b.completed_on <= $until_on and (t.first_on is null or a.completed_on < t.first_on)
group by b.patient_id, b.completed_on, b.assessment_id
order by b.patient_id, b.completed_on, b.assessment_id;
