-- purpose: An outcome before and after the first offer of a group program, of those who came and of
--          those who did not.
-- params:  as_of date, outcome varchar, follow_up_days integer
-- returns: patient_id varchar, site varchar, sex varchar, stage varchar, age integer,
--          months_since_diagnosis double, offered_on date, came boolean, starts_on date,
--          before double, before_on date, completed_on date, outcome double
-- grain:   one row per patient and scored form from the first session to the end of the follow-up;
--          one with an empty outcome where there is none. Who did not come starts after the median
--          wait of those who did. Offers so new that 1 in 20 of those who came had waited longer are
--          left out. before: the last score up to the offer; the outcome is written measure/scale
with of_groups as (
    select e.patient_id, e.kind, e.occurred_on
    from event as e
    join program as g using (program_key)
    where g.kind = 'group' and e.occurred_on <= $as_of
),
offers as (
    select patient_id, min(occurred_on) as offered_on
    from of_groups
    where kind = 'referral_offered'
    group by patient_id
),
first_sessions as (
    select g.patient_id, min(g.occurred_on) as came_on
    from of_groups as g
    join offers as o using (patient_id)
    where g.kind in ('referral_attended', 'group_session_attended')
        and g.occurred_on >= o.offered_on
    group by g.patient_id
),
waits as (
    select
        quantile_disc(f.came_on - o.offered_on, 0.5) as usual,
        quantile_disc(f.came_on - o.offered_on, 0.95) as long
    from offers as o
    join first_sessions as f using (patient_id)
),
started as (
    select
        o.patient_id, o.offered_on, f.came_on is not null as came,
        coalesce(f.came_on, o.offered_on + w.usual::integer) as starts_on
    from offers as o
    left join first_sessions as f using (patient_id)
    cross join waits as w
    where o.offered_on + w.long::integer <= $as_of
),
outcomes as (
    select patient_id, completed_on, assessment_id, score
    from score
    where measure_key || '/' || scale_key = $outcome and score is not null
        and completed_on <= $as_of
),
before as (
    select s.patient_id, o.score as before, o.completed_on as before_on
    from started as s
    join outcomes as o on o.patient_id = s.patient_id and o.completed_on <= s.offered_on
    qualify row_number() over (
        partition by s.patient_id order by o.completed_on desc, o.assessment_id desc
    ) = 1
)
select
    s.patient_id,
    p.site,
    p.sex,
    p.stage,
    (year(s.offered_on) - p.birth_year)::integer as age,
    (s.offered_on - p.diagnosed_on) / 30.4375 as months_since_diagnosis,
    s.offered_on,
    s.came,
    s.starts_on,
    b.before,
    b.before_on,
    o.completed_on,
    o.score as outcome
from started as s
join patient as p using (patient_id)
left join before as b using (patient_id)
left join outcomes as o
    on o.patient_id = s.patient_id
    and o.completed_on between s.starts_on and s.starts_on + $follow_up_days
order by s.patient_id, o.completed_on, o.assessment_id;
