-- purpose: What happened to and around one person: treatment, contacts, referrals, groups.
-- params:  patient_ref varchar, as_of date
-- returns: event_id varchar, occurred_on date, ended_on date, kind varchar,
--          program_name varchar, person_name varchar, detail varchar
-- grain:   one row per event, oldest first
select
    e.event_id,
    e.occurred_on,
    e.ended_on,
    e.kind,
    g.name as program_name,
    s.name as person_name,
    e.detail
from event as e
join patient as p using (patient_id)
left join program as g using (program_key)
left join staff as s using (person_id)
where p.patient_ref = $patient_ref and e.occurred_on <= $as_of
order by e.occurred_on, e.kind, e.event_id;
