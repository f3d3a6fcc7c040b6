-- purpose: Each patient's course on one scale, for all who are still in care.
-- params:  measure_key varchar, scale_key varchar, as_of date
-- returns: patient_ref varchar, patient_id varchar, initials varchar, site varchar, days date[],
--          scores double[]
-- grain:   one row per patient in care with a form of the measure; days and scores in step, oldest
--          first; a form with too few answers for a score is a null among the scores
select
    p.patient_ref,
    p.patient_id,
    p.initials,
    p.site,
    list(s.completed_on order by s.completed_on, s.assessment_id) as days,
    list(s.score order by s.completed_on, s.assessment_id) as scores
from score as s
join patient as p using (patient_id)
where s.measure_key = $measure_key and s.scale_key = $scale_key and s.completed_on <= $as_of
    and (p.status = 'active' or p.status_on > $as_of)
group by p.patient_ref, p.patient_id, p.initials, p.site
order by p.patient_id;
