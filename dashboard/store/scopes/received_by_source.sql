-- What each source gave on each support grid in scope, as a mean over the types: without single
-- answers, so that it may also be asked of rows that name nobody. The rows are those of the
-- scoped assessments.
create temp macro received_by_source(as_of) as table
with asked as (     -- an item key says what it asks: received_emotional_partner
    select item_key, array_to_string(string_split(item_key, '_')[3:], '_') as source
    from item
    where measure_key = 'support_grid' and starts_with(item_key, 'received_')
)
select
    s.patient_id,
    s.assessment_id,
    s.completed_on,
    q.source,
    case when count(a.value) >= 3 then avg(a.value) end as received,
    case
        when count(a.value) > 0 then true
        when bool_or(a.state = 'not_applicable') then false
    end as applicable
from assessment as s
cross join asked as q
left join clinical.answer as a on a.assessment_id = s.assessment_id and a.item_key = q.item_key
where s.measure_key = 'support_grid' and s.completed_on <= as_of
group by s.patient_id, s.assessment_id, s.completed_on, q.source;
