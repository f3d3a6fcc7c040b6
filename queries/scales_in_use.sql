-- purpose: Which scales were scored here, on how many forms of how many people.
-- params:  as_of date
-- returns: scale varchar, patients integer, forms integer
-- grain:   one row per scale, written measure/scale, that any form has a score of
select
    measure_key || '/' || scale_key as scale,
    count(distinct patient_id)::integer as patients,
    count(*)::integer as forms
from score
where score is not null and completed_on <= $as_of
group by measure_key, scale_key
order by scale;
