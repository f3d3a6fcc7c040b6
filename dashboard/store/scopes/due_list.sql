-- When each active patient's next form is due, and why, as known on one day.
create temp macro due_list(as_of) as table
select n.patient_id, n.last_form_on, n.declined_on, n.due_reason, n.next_due_on
from next_form as n
join patient as p using (patient_id)
where n.from_on <= as_of and n.until_on > as_of
    and (p.status = 'active' or p.status_on > as_of);
