-- The nurse of each patient on one day; the first by name where there are several.
create temp macro nurse_of(as_of) as table
select a.patient_id, min(s.name) as nurse, min_by(s.person_id, s.name) as nurse_id
from panel_assignment as a
join staff as s using (person_id)
where s.role = 'nurse'
    and (a.from_on is null or a.from_on <= as_of)
    and (a.until_on is null or a.until_on >= as_of)
group by a.patient_id;
