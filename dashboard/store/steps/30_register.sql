-- Patients that no list of patients named. They are registered with nothing but their id,
-- and only if the import says so: a mistyped id must not become a new person.

create temp table unknown_patient as
with named as (
    select patient_id, min(file_no) as file_no, min(source_row) as source_row
    from (
        select
            trim(nfc_normalize(f.patient_id), ' ') as patient_id,
            file_of(c.place) as file_no, row_of(c.place) as source_row
        from staged_form as f
        join (select form_no, min(place) as place from staged_cell group by form_no) as c
            using (form_no)
        union all
        select patient_id, file_no, source_row from staged_panel
        union all
        select patient_id, file_no, source_row from staged_event
    )
    group by patient_id
)
select * from named
anti join patient using (patient_id)
where is_id(patient_id);

insert into patient (patient_id, patient_ref, status, batch_id, source_row)
select patient_id, opaque(patient_id), 'active', batch_of(file_no), source_row
from unknown_patient where getvariable('new_patients');

insert into stand_in
select
    patient_id,
    left(sha256((select ref_salt from snapshot_info) || 'aggregate' || patient_id), 16)
from patient
anti join stand_in using (patient_id);
