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
    select distinct a.patient_id, a.family, a.about, a.raised_on
    from alerts as a
    anti join alerts as b
        on b.patient_id = a.patient_id and b.family = a.family and b.about = a.about
        and b.raised_on < a.raised_on
        and a.raised_on >= b.from_on and a.raised_on < b.until_on
)
select
    md5(concat_ws('/', p.patient_ref, r.family, r.about, r.raised_on)) as alert_mark,
    -- tells patients apart, and is told to nobody
    r.patient_id as patient_no,
    r.family,
    r.raised_on,
    min(s.name) as nurse
from raised as r
join clinical.patient as p on p.patient_id = r.patient_id
    and (p.status = 'active' or p.status_on > r.raised_on)
left join clinical.panel_assignment as a on a.patient_id = r.patient_id
    and (a.from_on is null or a.from_on <= r.raised_on)
    and (a.until_on is null or a.until_on >= r.raised_on)
left join clinical.staff as s on s.person_id = a.person_id and s.role = 'nurse'
group by r.patient_id, p.patient_ref, r.family, r.about, r.raised_on;
