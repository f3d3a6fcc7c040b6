-- purpose: The item answers of one person's forms, the missing ones said, each with its origin.
-- params:  patient_ref varchar, as_of date
-- returns: assessment_id bigint, measure_key varchar, completed_on date, wave varchar,
--          item_key varchar, position integer, label varchar, answer double, state varchar,
--          minimum double, maximum double, safety boolean, file_name varchar,
--          source_row bigint, imported_at timestamp
-- grain:   one row per form and item of its measure; forms that brought only scores have none
with person as (
    select patient_id from patient where patient_ref = $patient_ref
),
forms as (
    select a.*
    from assessment as a
    join person using (patient_id)
    where a.completed_on <= $as_of
),
given as (
    select w.*
    from answer as w
    join person using (patient_id)
),
scored as (     -- by the person too: their rows lie together, and only those are read
    select s.assessment_id
    from score as s
    join person using (patient_id)
    where s.status <> 'imported' or s.items_answered > 0
)
select
    f.assessment_id,
    f.measure_key,
    f.completed_on,
    f.wave,
    i.item_key,
    i.position,
    i.label,
    g.value as answer,
    coalesce(g.state, 'missing') as state,
    i.minimum,
    i.maximum,
    s.item_key is not null as safety,
    b.file_name,
    coalesce(g.source_row, f.source_row) as source_row,
    b.imported_at
from forms as f
join item as i using (measure_key)
left join given as g on g.assessment_id = f.assessment_id and g.item_key = i.item_key
left join (select distinct item_key from safety_item) as s on s.item_key = i.item_key
join import_batch as b on b.batch_id = coalesce(g.batch_id, f.batch_id)
semi join scored as c on c.assessment_id = f.assessment_id
order by f.completed_on, f.measure_key, f.assessment_id, i.position;
