-- purpose: Every score of the patients in scope, one after the other.
-- params:  none
-- returns: patient_id varchar, measure_key varchar, scale_key varchar, completed_on date,
--          score double, items_answered integer, items_total integer, status varchar,
--          band varchar, wave varchar
-- grain:   one row per assessment and scale
select
    patient_id,
    measure_key,
    scale_key,
    completed_on,
    score,
    items_answered,
    items_total,
    status,
    band,
    wave
from score
order by patient_id, completed_on, measure_key, scale_key, wave;
