-- purpose: Every stretch for which a support need stood open, and whether it was found met.
-- params:  as_of date
-- returns: patient_ref varchar, patient_id varchar, site varchar, nurse varchar,
--          program_name varchar, support_type varchar, raised_on date, met_on date,
--          last_seen_on date, days integer, met boolean
-- grain:   one row per patient, support type and opening; open ones are censored on the last day
--          of which something was known
with opened as (
    select patient_id, support_type, raised_on, max(from_on) as last_form_on
    from alert_fact
    where fact = 'under' and from_on <= $as_of
    group by patient_id, support_type, raised_on
),
met as (
    select patient_id, support_type, raised_on, min(from_on) as met_on
    from alert_fact
    where fact = 'cleared' and from_on <= $as_of
    group by patient_id, support_type, raised_on
),
attended as (       -- the first program whose session or referral was attended while it stood open
    select
        o.patient_id, o.support_type, o.raised_on,
        min_by(g.name, (e.occurred_on, g.name)) as program_name
    from opened as o
    left join met as m using (patient_id, support_type, raised_on)
    join event as e
        on e.patient_id = o.patient_id and e.occurred_on <= $as_of
        and e.occurred_on between o.raised_on and coalesce(m.met_on, $as_of)
        and e.kind in ('group_session_attended', 'referral_attended')
    join program as g
        on g.program_key = e.program_key and list_contains(g.support_types, o.support_type)
    group by o.patient_id, o.support_type, o.raised_on
)
select
    p.patient_ref,
    p.patient_id,
    p.site,
    n.nurse,
    a.program_name,
    o.support_type,
    o.raised_on,
    m.met_on,
    coalesce(m.met_on, o.last_form_on) as last_seen_on,
    (last_seen_on - o.raised_on)::integer as days,
    m.met_on is not null as met
from opened as o
join patient as p using (patient_id)
left join met as m using (patient_id, support_type, raised_on)
left join attended as a using (patient_id, support_type, raised_on)
left join nurse_of($as_of) as n using (patient_id)
order by p.patient_id, o.support_type, o.raised_on;
