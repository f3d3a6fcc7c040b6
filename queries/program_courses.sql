-- purpose: Who was referred to a program, who started, how often they came, and what they scored
--          before and after, on one or two scales.
-- params:  as_of date, first varchar, second varchar, start_within integer, before_within integer,
--          after_from integer, after_until integer
-- returns: patient_id varchar, program_key varchar, program_name varchar, program_kind varchar,
--          site varchar, sex varchar, language varchar, diagnosis varchar, stage varchar,
--          age integer, months_since_diagnosis double, referred_on date, started_on date,
--          contacts integer, attended_otherwise boolean, before_first double, after_first double,
--          before_second double, after_second double
-- grain:   one row per person and program, from the first referral to it (the first contact where
--          there was none); first and second are scales, written measure/scale, or empty.
--          started_on: the first contact within `start_within` days. contacts: days attended from
--          then for `after_until` days. before: the last score of the `before_within` days up to
--          the start, after: the last one from `after_from` to `after_until` days after it; who did
--          not start is taken to start after the usual wait of those referred in the same quarter.
--          attended_otherwise: came to another program in that time, or to this one later
with asked as (
    select patient_id, program_key, occurred_on, kind <> 'referral_offered' as attended
    from event
    where kind in ('referral_offered', 'referral_attended', 'group_session_attended')
        and program_key is not null and occurred_on <= $as_of
),
referred as (
    select patient_id, program_key, min(occurred_on) as referred_on
    from asked
    group by patient_id, program_key
),
attended as (
    select distinct patient_id, program_key, occurred_on from asked where attended
),
begun as (
    select
        r.patient_id, r.program_key, r.referred_on,
        min(a.occurred_on) filter (where a.occurred_on <= r.referred_on + $start_within)
            as started_on
    from referred as r
    left join attended as a using (patient_id, program_key)
    group by r.patient_id, r.program_key, r.referred_on
),
waits as (
    select
        date_trunc('quarter', referred_on) as quarter,
        quantile_disc(started_on - referred_on, 0.5)::integer as usual
    from begun
    where started_on is not null
    group by quarter
),
placed as (
    select
        b.patient_id, b.program_key, b.referred_on, b.started_on,
        coalesce(b.started_on, b.referred_on + coalesce(w.usual, 0)) as from_on
    from begun as b
    left join waits as w on w.quarter = date_trunc('quarter', b.referred_on)
),
came as (
    select
        p.patient_id, p.program_key,
        count(*) filter (where p.started_on is not null and a.program_key = p.program_key)
            ::integer as contacts,
        bool_or(p.started_on is null or a.program_key <> p.program_key) as attended_otherwise
    from placed as p
    join attended as a
        on a.patient_id = p.patient_id
        and a.occurred_on between p.from_on and p.from_on + $after_until
    group by p.patient_id, p.program_key
),
scored as (
    select
        patient_id, completed_on, assessment_id, score,
        measure_key = split_part($first, '/', 1) and scale_key = split_part($first, '/', 2)
            as is_first
    from score
    where measure_key in (split_part($first, '/', 1), split_part($second, '/', 1))
        and measure_key || '/' || scale_key in ($first, $second)
        and score is not null and completed_on <= $as_of
),
around as (
    select
        p.patient_id, p.program_key,
        arg_max(s.score, (s.completed_on, s.assessment_id))
            filter (where s.is_first and s.completed_on <= p.from_on) as before_first,
        arg_max(s.score, (s.completed_on, s.assessment_id))
            filter (where s.is_first and s.completed_on >= p.from_on + $after_from) as after_first,
        arg_max(s.score, (s.completed_on, s.assessment_id))
            filter (where not s.is_first and s.completed_on <= p.from_on) as before_second,
        arg_max(s.score, (s.completed_on, s.assessment_id))
            filter (where not s.is_first and s.completed_on >= p.from_on + $after_from)
            as after_second
    from placed as p
    join scored as s
        on s.patient_id = p.patient_id
        and s.completed_on between p.from_on - $before_within and p.from_on + $after_until
    group by p.patient_id, p.program_key
)
select
    p.patient_id,
    p.program_key,
    g.name as program_name,
    g.kind as program_kind,
    w.site,
    w.sex,
    w.language,
    w.diagnosis,
    w.stage,
    (year(p.referred_on) - w.birth_year)::integer as age,
    (p.referred_on - w.diagnosed_on) / 30.4375 as months_since_diagnosis,
    p.referred_on,
    p.started_on,
    coalesce(c.contacts, 0) as contacts,
    coalesce(c.attended_otherwise, false) as attended_otherwise,
    a.before_first,
    a.after_first,
    a.before_second,
    a.after_second
from placed as p
join patient as w using (patient_id)
left join program as g using (program_key)
left join came as c using (patient_id, program_key)
left join around as a using (patient_id, program_key)
order by p.program_key, p.referred_on, p.patient_id;
