-- purpose: Which support types of which patients nothing can be said about, and why.
-- params:  as_of date
-- returns: patient_ref varchar, patient_id varchar, site varchar, nurse varchar,
--          support_type varchar, reason varchar, since date
-- grain:   one row per active patient and support type that is not judged on that day
with active as (
    select patient_id, patient_ref, site
    from patient
    where status = 'active' or status_on > $as_of
),
never_asked as (
    select a.patient_id, q.support_type, 'never_asked' as reason, null::date as since
    from active as a
    cross join (
        select distinct split_part(item_key, '_', 2) as support_type
        from item where measure_key = 'support_grid'
    ) as q
    anti join (
        select distinct patient_id from assessment
        where measure_key = 'support_grid' and completed_on <= $as_of
    ) as asked using (patient_id)
),
unjudged as (
    select patient_id, support_type, reason, raised_on as since
    from alert_fact
    where fact = 'unjudged' and from_on <= $as_of and until_on > $as_of
    union all
    select patient_id, support_type, reason, since from never_asked
)
select a.patient_ref, a.patient_id, a.site, n.nurse, u.support_type, u.reason, u.since
from unjudged as u
join active as a using (patient_id)
left join nurse_of($as_of) as n using (patient_id)
order by a.patient_id, u.support_type;
