-- Every patient, month by month: the last score of the month on each scale, and who owed a form
-- at its end. The Trends page counts from here. Worked out anew with the alerts and the days on
-- which forms are due, on which it rests. A month goes by its first day.

delete from month_score;
delete from month_owed;
delete from scale_number;
delete from patient_month;

-- The months whose last day lies in a stretch; `until_on` is the first day it no longer held.
create or replace temp macro months_of(from_on, until_on) as range(
    date_trunc('month', from_on::timestamp),
    date_trunc('month', least(until_on, getvariable('months_end'))::timestamp),
    interval 1 month
);
set variable months_end = (select last_day(max(completed_on)) + 1 from assessment);

-- Due by the end of the month, as known then, and not come. Whoever was not heard of for a year
-- by then is not expected any more.
create or replace temp table awaited as
select n.patient_id, m.month::date as month
from next_form as n
join patient as p using (patient_id)
cross join unnest(months_of(
    greatest(n.from_on, n.next_due_on),
    least(n.until_on, greatest(n.last_form_on, n.declined_on) + 365)
)) as m (month)
where n.next_due_on is not null and greatest(n.last_form_on, n.declined_on) is not null
    and (p.status = 'active' or p.status_on > last_day(m.month));

-- How support stood at the end of the month: too little of any type, else too much of any.
create or replace temp table support_of_month as
select
    f.patient_id, m.month::date as month,
    case
        when bool_or(f.fact in ('under', 'under_item')) then 'under'
        when bool_or(f.fact = 'over') then 'over'
        else 'no_gap'
    end as support
from alert_fact as f
cross join unnest(months_of(f.from_on, f.until_on)) as m (month)
where f.fact in ('judged', 'under', 'under_item', 'over')
group by all;

insert into patient_month by name
with told as (
    select patient_id, date_trunc('month', completed_on)::date as month from assessment
    union
    select patient_id, month from awaited
),
attended as (
    select patient_id, program_key, min(occurred_on) as first_on
    from event
    where kind in ('group_session_attended', 'referral_attended') and program_key is not null
    group by all
),
programs as (       -- attended by the end of the month
    select
        t.patient_id, t.month,
        string_agg(a.program_key, chr(31) order by a.program_key) as programs
    from told as t
    join attended as a on a.patient_id = t.patient_id and a.first_on <= last_day(t.month)
    group by all
)
select
    -- In the order of the references, so that no number tells an id.
    row_number() over (order by p.patient_ref, t.month)::integer as patient_month,
    t.patient_id,
    t.month,
    coalesce(p.site, '') as site,
    coalesce(p.phase, '') as phase,
    coalesce(s.support, 'not_judged') as support,
    coalesce(g.programs, '') as programs
from told as t
join patient as p using (patient_id)
left join support_of_month as s using (patient_id, month)
left join programs as g using (patient_id, month)
order by t.month;

insert into scale_number by name
select
    row_number() over (order by measure_key, scale_key)::smallint as scale_no,
    dense_rank() over (order by measure_key)::smallint as measure_no,
    measure_key, scale_key, count(*) as forms
from score
semi join (select * from scale where trended) using (measure_key, scale_key)
group by measure_key, scale_key;

create or replace temp table form_of_month as
select
    s.assessment_id, p.patient_month, p.patient_id, p.month, m.measure_no,
    count(*) over (partition by p.patient_month, m.measure_no) = 1 as alone
from assessment as s
join (select distinct measure_key, measure_no from scale_number) as m using (measure_key)
join patient_month as p
    on p.patient_id = s.patient_id and p.month = date_trunc('month', s.completed_on)::date;

insert into month_owed by name
with since as (
    select patient_id, measure_no, min(month) as first_month
    from form_of_month
    group by all
)
select s.measure_no, p.patient_month
from patient_month as p
semi join awaited using (patient_id, month)
join since as s on s.patient_id = p.patient_id and s.first_month < p.month
anti join form_of_month as f
    on f.patient_month = p.patient_month and f.measure_no = s.measure_no
order by s.measure_no, p.patient_month;

create or replace temp table score_of_month as
select n.scale_no, f.patient_month, f.alone, s.score, s.completed_on, s.assessment_id
from score as s
join form_of_month as f using (assessment_id)
join scale_number as n using (measure_key, scale_key);

-- Nearly every form is the only one of its month; only the others need comparing.
insert into month_score by name
select scale_no, patient_month, score from score_of_month where alone
union all by name
select
    scale_no, patient_month,
    arg_max(score, (completed_on, assessment_id)) filter (where score is not null) as score
from score_of_month
where not alone
group by all
order by scale_no, patient_month;

drop table awaited;
drop table support_of_month;
drop table form_of_month;
drop table score_of_month;
