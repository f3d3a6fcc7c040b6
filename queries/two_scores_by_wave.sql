-- purpose: Two scores of each person wave by wave, for what goes with what from one wave to the
--          next.
-- params:  as_of date, x varchar, y varchar
-- returns: patient_id varchar, wave varchar, completed_on date, x double, y double
-- grain:   one row per patient and wave in which either was scored; forms without a wave of one day
--          are one. x and y: scales written measure/scale, several after commas count with their
--          mean where all are scored
with named as (
    select string_split($x, ',') as x, string_split($y, ',') as y
),
told as (
    select
        patient_id, wave, case when wave = '' then completed_on end as without_wave,
        completed_on, measure_key || '/' || scale_key as scale, score
    from score
    where score is not null and completed_on <= $as_of
    -- Of two forms in one wave the later counts.
    qualify row_number() over (
        partition by patient_id, wave, without_wave, scale
        order by completed_on desc, assessment_id desc
    ) = 1
),
waves as (
    select
        t.patient_id,
        t.wave,
        min(t.completed_on) as completed_on,
        case when count(*) filter (where list_contains(n.x, t.scale)) = any_value(len(n.x))
            then avg(t.score) filter (where list_contains(n.x, t.scale)) end as x,
        case when count(*) filter (where list_contains(n.y, t.scale)) = any_value(len(n.y))
            then avg(t.score) filter (where list_contains(n.y, t.scale)) end as y
    from told as t
    cross join named as n
    where list_contains(n.x, t.scale) or list_contains(n.y, t.scale)
    group by t.patient_id, t.wave, t.without_wave
)
select patient_id, wave, completed_on, x, y
from waves
where x is not null or y is not null
order by patient_id, completed_on, wave;
