-- An assignment that has ended, or has not begun, does not open the patient's rows.
create temp table in_scope as
select distinct patient_id
from clinical.panel_assignment
where person_id = $person_id
  and (from_on is null or from_on <= today())
  and (until_on is null or until_on >= today());
