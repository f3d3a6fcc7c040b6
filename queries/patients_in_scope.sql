-- purpose: Whom a person may open, for the picker of the Patient page.
-- params:  none
-- returns: patient_ref varchar, patient_id varchar, initials varchar, status varchar
-- grain:   one row per patient in scope
select patient_ref, patient_id, initials, status
from patient
order by patient_id;
