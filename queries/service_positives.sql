-- purpose: How many of those who were screened in a month, and in a year, were above the cut-off, on
--          each scale that screens.
-- params:  as_of date
-- returns: year integer, month date, measure_key varchar, scale_key varchar, scale_title varchar,
--          screen_cut_off double, screen_cut_off_source varchar, screened bigint, positive bigint
-- grain:   one row per scale and each of the last 24 months that were over (its first day), and one
--          per scale and year without a month: 1 is the last four quarters that were over, 2 the
--          four before. A person counts once in each, by the last score in it
with screens as (
    select s.patient_id, s.measure_key, s.scale_key, s.completed_on, s.assessment_id, s.score
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    where s.score is not null and c.screen_cut_off is not null and m.domain = 'distress'
        and s.completed_on < date_trunc('month', $as_of + 1)
        and s.completed_on >= date_trunc('quarter', $as_of + 1) - to_months(24)
),
latest as (
    select
        null::integer as year, date_trunc('month', completed_on)::date as month,
        patient_id, measure_key, scale_key,
        arg_max(score, (completed_on, assessment_id)) as score
    from screens
    where completed_on >= date_trunc('month', $as_of + 1) - to_months(24)
    group by all
    union all
    select
        if(datediff('quarter', completed_on, $as_of + 1) <= 4, 1, 2) as year, null as month,
        patient_id, measure_key, scale_key,
        arg_max(score, (completed_on, assessment_id)) as score
    from screens
    where completed_on < date_trunc('quarter', $as_of + 1)
    group by all
)
select
    l.year,
    l.month,
    l.measure_key,
    l.scale_key,
    c.title as scale_title,
    c.screen_cut_off,
    c.screen_cut_off_source,
    count(*) as screened,
    count(*) filter (where if(
        c.higher_is = 'worse', l.score >= c.screen_cut_off, l.score <= c.screen_cut_off
    )) as positive
from latest as l
join scale as c using (measure_key, scale_key)
group by all
order by l.year, l.month, l.measure_key, l.scale_key;
