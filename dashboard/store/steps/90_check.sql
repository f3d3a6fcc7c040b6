-- What must hold in every snapshot. Any row here stops the publication.
create temp table broken as
select 'two forms with the same key' as rule
from assessment
group by patient_id, measure_key, completed_on, completed_at, wave having count(*) > 1
union all
select 'an answer without its form'
from answer anti join assessment using (assessment_id)
union all
select 'a form of a patient who is not registered'
from assessment anti join patient using (patient_id)
union all
select 'a form without any score row'
from to_score
where measure_key in (select measure_key from scale where items_total > 0)
    and assessment_id not in (select assessment_id from score);
