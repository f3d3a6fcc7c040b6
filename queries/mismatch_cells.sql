-- purpose: For each patient's latest support grid, whether each type from each source is met,
--          under-provided, over-provided, not wanted, or not judged.
-- params:  as_of date
-- returns: patient_ref varchar, patient_id varchar, site varchar, nurse varchar,
--          completed_on date, support_type varchar, source varchar, wanted double,
--          received double, state varchar
-- grain:   one row per active patient with a support grid, type and source; source is '' for the
--          type as a whole, where `wanted` is the need and `received` the most any source gives
with thresholds as (
    select
        max(value) filter (where name = 'wanted') as wanted,
        max(value) filter (where name = 'received') as received,
        max(value) filter (where name = 'valid_days') as valid_days
    from rule_value
)
select
    p.patient_ref,
    p.patient_id,
    p.site,
    n.nurse,
    c.completed_on,
    c.support_type,
    c.source,
    c.wanted,
    c.received,
    case
        when c.not_applicable then 'not_applicable'
        when c.completed_on + t.valid_days::integer <= $as_of then 'too_old'
        when c.wanted is null or c.received is null then 'not_judged'
        when c.wanted >= t.wanted and c.received < t.received then 'under'
        when c.wanted < t.wanted and c.received >= t.received then 'over'
        when c.wanted >= t.wanted then 'met'
        else 'none'
    end as state
from support_cell as c
join patient as p using (patient_id)
cross join thresholds as t
left join nurse_of($as_of) as n using (patient_id)
where c.completed_on <= $as_of and c.until_on > $as_of
    and (p.status = 'active' or p.status_on > $as_of)
order by p.patient_id, c.support_type, c.source;
