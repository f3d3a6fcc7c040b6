-- Every alert of the whole centre that was ever raised, under a mark that stands for its key: to be
-- counted beside what the log says was done about it. What joins an alert that is open already is
-- not another alert. Overdue forms raise none here: they are counted as screening.
create temp macro raised_alerts() as table
with alerts as (
    select
        patient_id, from_on, until_on, raised_on,
        case when fact in ('under_item', 'persist') then 'under' else fact end as family,
        coalesce(support_type, source_key) as about
    from clinical.alert_fact
    where fact in ('under', 'under_item', 'persist', 'over', 'distress', 'safety')
),
raised as (
    select a.*
    from (select distinct patient_id, family, about, raised_on from alerts) as a
    anti join alerts as b
        on b.patient_id = a.patient_id and b.family = a.family and b.about = a.about
        and b.raised_on < a.raised_on
        and a.raised_on >= b.from_on and a.raised_on < b.until_on
),
nurses as (
    select
        a.patient_id, s.name,
        coalesce(a.from_on, date '0001-01-01') as from_on,
        coalesce(a.until_on, date '9999-12-31') as last_on
    from clinical.panel_assignment as a
    join clinical.staff as s using (person_id)
    where s.role = 'nurse'
),
led as (            -- joined by the patient alone: joined by days too it takes ten times as long
    select
        r.patient_id, r.family, r.about, r.raised_on,
        min(n.name) filter (where r.raised_on between n.from_on and n.last_on) as nurse
    from raised as r
    left join nurses as n using (patient_id)
    group by r.patient_id, r.family, r.about, r.raised_on
)
select
    md5(concat_ws('/', p.patient_ref, l.family, l.about, l.raised_on)) as alert_mark,
    -- tells patients apart, and is told to nobody
    l.patient_id as patient_no,
    l.family,
    l.raised_on,
    l.nurse
from led as l
join clinical.patient as p on p.patient_id = l.patient_id
    and (p.status = 'active' or p.status_on > l.raised_on);
