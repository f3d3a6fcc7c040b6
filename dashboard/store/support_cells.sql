-- Every support grid of the patients from $first to $last as the pages read it: one row a type and
-- source. Of two grids on a day the last one counts.

insert into support_cell
with grid as (
    select
        assessment_id, patient_id, completed_on,
        lead(completed_on, 1, date '9999-12-31') over (
            partition by patient_id order by completed_on, assessment_id
        ) as until_on
    from assessment
    where measure_key = 'support_grid' and patient_id between $first and $last
),
asked as (          -- an item key says what it asks: need_emotional, received_emotional_partner
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
        a.assessment_id, q.support_type, q.source,
        max(a.value) filter (where q.question in ('need', 'wanted')) as wanted,
        max(a.value) filter (where q.question = 'received') as received,
        max(a.value) filter (where q.question = 'importance') as importance,
        max(a.value) filter (where q.question = 'fit') as fit,
        bool_or(a.state = 'not_applicable')
            filter (where q.question in ('need', 'wanted', 'received')) as not_applicable
    from answer as a
    join asked as q using (item_key)
    where a.patient_id between $first and $last
    group by a.assessment_id, q.support_type, q.source
),
-- A type is received as much as the source that gives most of it gives. "Not applicable" has no
-- value: a partner who does not exist never counts as zero.
whole as (
    select assessment_id, support_type, max(received) as received
    from told
    group by assessment_id, support_type
)
select
    g.patient_id, g.assessment_id, g.completed_on, g.until_on, c.support_type, c.source,
    t.wanted,
    if(c.source = '', w.received, t.received) as received,
    t.importance,
    t.fit,
    coalesce(t.not_applicable, false) as not_applicable
from grid as g
cross join (select distinct support_type, source from asked) as c
left join told as t using (assessment_id, support_type, source)
left join whole as w using (assessment_id, support_type)
where g.completed_on < g.until_on
-- What counts today then stands together, and the rest need not be read for it.
order by g.until_on;
