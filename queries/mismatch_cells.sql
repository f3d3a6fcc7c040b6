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
),
latest as (
    select s.patient_id, s.assessment_id, s.completed_on
    from assessment as s
    join patient as p using (patient_id)
    where s.measure_key = 'support_grid' and s.completed_on <= $as_of
        and (p.status = 'active' or p.status_on > $as_of)
    qualify row_number() over (
        partition by s.patient_id
        order by s.completed_on desc, s.assessment_id desc
    ) = 1
),
asked as (
    select
        item_key,
        split_part(item_key, '_', 1) as question,
        split_part(item_key, '_', 2) as support_type,
        array_to_string(string_split(item_key, '_')[3:], '_') as source
    from item
    where measure_key = 'support_grid'
),
told as (
    select
        l.patient_id, l.completed_on, q.support_type, q.source,
        max(a.value) filter (where q.question in ('need', 'wanted')) as wanted,
        max(a.value) filter (where q.question = 'received') as received,
        coalesce(bool_or(a.state = 'not_applicable'), false) as not_applicable
    from latest as l
    cross join asked as q
    left join answer as a on a.assessment_id = l.assessment_id and a.item_key = q.item_key
    where q.question in ('need', 'wanted', 'received')
    group by l.patient_id, l.completed_on, q.support_type, q.source
),
-- A type is received as much as the source that gives most of it gives.
cells as (
    select
        t.patient_id, t.completed_on, t.support_type, t.source, t.wanted,
        case
            when t.source <> '' then t.received
            else max(t.received) over (partition by t.patient_id, t.support_type)
        end as received,
        t.not_applicable
    from told as t
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
from cells as c
join patient as p using (patient_id)
cross join thresholds as t
left join nurse_of($as_of) as n using (patient_id)
order by p.patient_id, c.support_type, c.source;
