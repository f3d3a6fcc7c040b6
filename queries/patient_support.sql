-- purpose: The support one person wants and receives, by type and by source.
-- params:  patient_ref varchar, as_of date
-- returns: assessment_id bigint, completed_on date, support_type varchar, source varchar,
--          need double, need_state varchar, importance double, fit double, received double,
--          received_state varchar, wanted double, wanted_state varchar
-- grain:   one row per form, type and source; source is '' on the row of the type itself
with forms as (
    select a.assessment_id, a.completed_on
    from assessment as a
    join patient as p using (patient_id)
    where p.patient_ref = $patient_ref and a.measure_key = 'support_grid'
        and a.completed_on <= $as_of
),
-- An item key says what it asks: need_emotional, received_emotional_partner, ...
asked as (
    select
        item_key,
        position,
        split_part(item_key, '_', 1) as question,
        split_part(item_key, '_', 2) as support_type,
        array_to_string(string_split(item_key, '_')[3:], '_') as source
    from item
    where measure_key = 'support_grid'
),
given as (
    select w.assessment_id, w.item_key, w.value, w.state
    from answer as w
    join patient as p using (patient_id)
    where p.patient_ref = $patient_ref
),
told as (
    select
        f.assessment_id, f.completed_on, a.support_type, a.source, a.question, a.position,
        g.value, coalesce(g.state, 'missing') as state
    from forms as f
    cross join asked as a
    left join given as g on g.assessment_id = f.assessment_id and g.item_key = a.item_key
)
select
    assessment_id,
    completed_on,
    support_type,
    source,
    max(value) filter (where question = 'need') as need,
    max(state) filter (where question = 'need') as need_state,
    max(value) filter (where question = 'importance') as importance,
    max(value) filter (where question = 'fit') as fit,
    max(value) filter (where question = 'received') as received,
    max(state) filter (where question = 'received') as received_state,
    max(value) filter (where question = 'wanted') as wanted,
    max(state) filter (where question = 'wanted') as wanted_state
from told
group by assessment_id, completed_on, support_type, source
order by completed_on, assessment_id, min(position);
