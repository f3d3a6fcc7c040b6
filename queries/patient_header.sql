-- purpose: Who this person is, as far as the team needs to know it.
-- params:  patient_ref varchar, as_of date
-- returns: patient_ref varchar, patient_id varchar, initials varchar, age integer, sex varchar,
--          diagnosis varchar, stage varchar, phase varchar, site varchar, language varchar,
--          diagnosed_on date, treatment_started_on date, treatment_ended_on date,
--          status varchar, status_on date, lives_alone boolean, nurse varchar,
--          psychologist varchar
-- grain:   one row, or none when the patient is not in scope
select
    p.patient_ref,
    p.patient_id,
    p.initials,
    (year($as_of) - p.birth_year)::integer as age,
    p.sex,
    p.diagnosis,
    p.stage,
    p.phase,
    p.site,
    p.language,
    p.diagnosed_on,
    p.treatment_started_on,
    p.treatment_ended_on,
    p.status,
    p.status_on,
    p.lives_alone,
    min(s.name) filter (where s.role = 'nurse') as nurse,
    min(s.name) filter (where s.role = 'psychologist') as psychologist
from patient as p
left join panel_assignment as a
    on a.patient_id = p.patient_id
    and (a.from_on is null or a.from_on <= $as_of)
    and (a.until_on is null or a.until_on >= $as_of)
left join staff as s on s.person_id = a.person_id
where p.patient_ref = $patient_ref
group by all;
