-- purpose: What the centre's directory has for each open support gap, whether it was offered or
--          taken up since, and how long gaps stood open here when it was.
-- params:  as_of date
-- returns: patient_ref varchar, patient_id varchar, support_type varchar, alert_key varchar,
--          raised_on date, resource_key varchar, name varchar, source varchar, capacity varchar,
--          contact varchar, to_check varchar[], offered_on date, taken_up_on date,
--          offered_here integer, taken_up_here integer, met_here integer,
--          median_days_here double
-- grain:   one row per active patient, support type with an open alert, and resource still offered
--          that fits by type, age, language, site and phase; to_check names limits that cannot be
--          told from what is known of the patient. The last four are over the whole centre's
--          openings of that type, null from 1 to 9 (median_days_here: under 10 openings found met)
with gap as (
    select patient_id, support_type, min(raised_on) as raised_on
    from alert_fact
    where fact in ('under', 'under_item', 'persist') and from_on <= $as_of and until_on > $as_of
    group by patient_id, support_type
),
person as (
    select
        patient_id, patient_ref, site, phase, lower(language) as language,
        year($as_of) - birth_year as age
    from patient
    where status = 'active' or status_on > $as_of
),
fitting as (
    select
        g.*, p.patient_ref, r.resource_key, r.name, r.source, r.capacity, r.contact,
        r.program_key,
        list_filter([
            case when p.age is null and (r.min_age is not null or r.max_age is not null)
                then 'age' end,
            case when p.language is null and len(r.languages) > 0 then 'language' end,
            case when p.site is null and r.site is not null then 'site' end,
            case when p.phase is null and len(r.phases) > 0 then 'phase' end
        ], lambda limited: limited is not null) as to_check
    from gap as g
    join person as p using (patient_id)
    join resource as r on list_contains(r.support_types, g.support_type)
    where not r.withdrawn
        and coalesce(p.age >= r.min_age, true) and coalesce(p.age <= r.max_age, true)
        and (len(r.languages) = 0 or p.language is null
            or list_contains(list_transform(r.languages, lambda one: lower(one)), p.language))
        and coalesce(lower(p.site) = lower(r.site), true)
        and (len(r.phases) = 0 or p.phase is null or list_contains(r.phases, p.phase))
),
since as (          -- what became of it while this gap stood open
    select
        f.patient_id, f.support_type, f.resource_key,
        max(e.occurred_on) filter (where e.kind = 'referral_offered') as offered_on,
        min(e.occurred_on)
            filter (where e.kind in ('referral_attended', 'group_session_attended'))
            as taken_up_on
    from fitting as f
    join event as e
        on e.patient_id = f.patient_id and e.program_key = f.program_key
        and e.occurred_on between f.raised_on and $as_of
    group by f.patient_id, f.support_type, f.resource_key
)
select
    f.patient_ref,
    f.patient_id,
    f.support_type,
    concat_ws('/', f.patient_ref, 'under', f.support_type, f.raised_on) as alert_key,
    f.raised_on,
    f.resource_key,
    f.name,
    f.source,
    f.capacity,
    f.contact,
    f.to_check,
    s.offered_on,
    s.taken_up_on,
    h.offered as offered_here,
    h.taken_up as taken_up_here,
    h.met as met_here,
    h.median_days as median_days_here
from fitting as f
left join since as s using (patient_id, support_type, resource_key)
left join resource_outcomes($as_of) as h using (resource_key, support_type)
order by f.patient_id, f.support_type, f.name, f.resource_key;
