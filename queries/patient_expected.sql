-- purpose: When one person's next form was expected, as known on each day, by the screening plan.
-- params:  patient_ref varchar, as_of date
-- returns: from_on date, until_on date, due_reason varchar, expected_on date
-- grain:   one row per stretch of days on which the same was known, oldest first; the days of
--          until_on are no longer part of it
select n.from_on, n.until_on, n.due_reason, n.next_due_on as expected_on
from next_form as n
join patient as p using (patient_id)
where p.patient_ref = $patient_ref and n.from_on <= $as_of
order by n.from_on;
