-- Staff, programs, resources and patients: rows with a key of their own. A blank cell never erases what
-- is known; another value for a known key is a conflict unless the import supersedes, and then
-- the old row is kept in `superseded`.

create temp macro merged_staff(a, b) as row(
    coalesce(a.name, b.name),
    coalesce(a.role, b.role),
    coalesce(a.site, b.site)
);
create temp table judged_staff as
select
    s.*,
    e.person_id is not null as known,
    known and merged_staff(e, s) is distinct from merged_staff(s, e) as differs,
    merged_staff(s, e) is not distinct from merged_staff(e, e) as nothing_new
from staged_staff as s left join staff as e using (person_id);

insert into refusal
select file_no, source_row, 'person_id', person_id,
    'this person is already registered with other values',
    'import with --supersede if the new values are right'
from judged_staff where differs and not getvariable('supersede');
insert into superseded
select 'staff', e.person_id, to_json(e), e.batch_id, e.source_row, batch_of(j.file_no)
from judged_staff as j join staff as e using (person_id)
where j.differs and getvariable('supersede');
update staff set
    name = coalesce(j.name, staff.name),
    role = coalesce(j.role, staff.role),
    site = coalesce(j.site, staff.site),
    batch_id = batch_of(j.file_no),
    source_row = j.source_row
from judged_staff as j
where j.person_id = staff.person_id and not j.nothing_new
    and (not j.differs or getvariable('supersede'));
insert into staff
select person_id, name, role, site, batch_of(file_no), source_row
from judged_staff where not known;
insert into row_outcome select file_no, source_row, not known or not nothing_new from judged_staff;

create temp macro merged_program(a, b) as row(
    coalesce(a.name, b.name),
    coalesce(a.kind, b.kind),
    coalesce(a.support_types, b.support_types),
    coalesce(a.source, b.source),
    coalesce(a.site, b.site)
);
create temp table judged_program as
select
    s.*,
    e.program_key is not null as known,
    known and merged_program(e, s) is distinct from merged_program(s, e) as differs,
    merged_program(s, e) is not distinct from merged_program(e, e) as nothing_new
from staged_program as s left join program as e using (program_key);

insert into refusal
select file_no, source_row, 'program_key', program_key,
    'this program is already registered with other values',
    'import with --supersede if the new values are right'
from judged_program where differs and not getvariable('supersede');
insert into superseded
select 'program', e.program_key, to_json(e), e.batch_id, e.source_row, batch_of(j.file_no)
from judged_program as j join program as e using (program_key)
where j.differs and getvariable('supersede');
update program set
    name = coalesce(j.name, program.name),
    kind = coalesce(j.kind, program.kind),
    support_types = coalesce(j.support_types, program.support_types),
    source = coalesce(j.source, program.source),
    site = coalesce(j.site, program.site),
    batch_id = batch_of(j.file_no),
    source_row = j.source_row
from judged_program as j
where j.program_key = program.program_key and not j.nothing_new
    and (not j.differs or getvariable('supersede'));
insert into program
select program_key, name, kind, support_types, source, site, batch_of(file_no), source_row
from judged_program where not known;
insert into row_outcome
select file_no, source_row, not known or not nothing_new from judged_program;

-- A row of the directory says everything about its resource, because a limit left blank means
-- that there is none: unlike elsewhere here, a blank cell counts.
insert into refusal
select file_no, source_row, 'program_key', program_key, 'this program is not registered',
    'check the key, or import the programs first'
from staged_resource anti join program using (program_key)
where program_key is not null;
create temp macro whole_resource(a) as row(
    a.name, a.support_types, a.source, a.min_age, a.max_age, a.languages, a.site, a.phases,
    a.capacity, a.contact, a.program_key, coalesce(a.withdrawn, false)
);
create temp table judged_resource as
select
    s.*,
    e.resource_key is not null as known,
    known and whole_resource(s) is distinct from whole_resource(e) as differs
from staged_resource as s
left join resource as e using (resource_key)
where s.program_key is null or s.program_key in (select program_key from program);

insert into refusal
select file_no, source_row, 'resource_key', resource_key,
    'this resource is already in the directory with other values',
    'import with --supersede if the new values are right'
from judged_resource where differs and not getvariable('supersede');
insert into superseded
select 'resource', e.resource_key, to_json(e), e.batch_id, e.source_row, batch_of(j.file_no)
from judged_resource as j join resource as e using (resource_key)
where j.differs and getvariable('supersede');
delete from resource
where getvariable('supersede')
    and resource_key in (select resource_key from judged_resource where differs);
insert into resource
select resource_key, name, support_types, source, min_age, max_age, languages, site, phases,
    capacity, contact, program_key, coalesce(withdrawn, false), batch_of(file_no), source_row
from judged_resource where not known or (differs and getvariable('supersede'));
insert into row_outcome select file_no, source_row, not known or differs from judged_resource;

create temp macro merged_patient(a, b) as row(
    coalesce(a.initials, b.initials),
    coalesce(a.birth_year, b.birth_year),
    coalesce(a.sex, b.sex),
    coalesce(a.diagnosis, b.diagnosis),
    coalesce(a.stage, b.stage),
    coalesce(a.phase, b.phase),
    coalesce(a.site, b.site),
    coalesce(a.language, b.language),
    coalesce(a.diagnosed_on, b.diagnosed_on),
    coalesce(a.treatment_started_on, b.treatment_started_on),
    coalesce(a.treatment_ended_on, b.treatment_ended_on),
    coalesce(a.status, b.status),
    coalesce(a.status_on, b.status_on),
    coalesce(a.lives_alone, b.lives_alone)
);
create temp table judged_patient as
select
    s.*,
    e.patient_id is not null as known,
    known and merged_patient(e, s) is distinct from merged_patient(s, e) as differs,
    merged_patient(s, e) is not distinct from merged_patient(e, e) as nothing_new
from staged_patient as s left join patient as e using (patient_id);

insert into refusal
select file_no, source_row, 'patient_id', patient_id,
    'this patient is already registered with other values',
    'import with --supersede if the new values are right'
from judged_patient where differs and not getvariable('supersede');
insert into superseded
select 'patient', e.patient_id, to_json(e), e.batch_id, e.source_row, batch_of(j.file_no)
from judged_patient as j join patient as e using (patient_id)
where j.differs and getvariable('supersede');
update patient set
    initials = coalesce(j.initials, patient.initials),
    birth_year = coalesce(j.birth_year, patient.birth_year),
    sex = coalesce(j.sex, patient.sex),
    diagnosis = coalesce(j.diagnosis, patient.diagnosis),
    stage = coalesce(j.stage, patient.stage),
    phase = coalesce(j.phase, patient.phase),
    site = coalesce(j.site, patient.site),
    language = coalesce(j.language, patient.language),
    diagnosed_on = coalesce(j.diagnosed_on, patient.diagnosed_on),
    treatment_started_on = coalesce(j.treatment_started_on, patient.treatment_started_on),
    treatment_ended_on = coalesce(j.treatment_ended_on, patient.treatment_ended_on),
    status = coalesce(j.status, patient.status),
    status_on = coalesce(j.status_on, patient.status_on),
    lives_alone = coalesce(j.lives_alone, patient.lives_alone),
    batch_id = batch_of(j.file_no),
    source_row = j.source_row
from judged_patient as j
where j.patient_id = patient.patient_id and not j.nothing_new
    and (not j.differs or getvariable('supersede'));
insert into patient
select patient_id, opaque(patient_id), initials, birth_year, sex, diagnosis, stage, phase, site,
    language, diagnosed_on, treatment_started_on, treatment_ended_on, coalesce(status, 'active'),
    status_on, lives_alone, batch_of(file_no), source_row
from judged_patient where not known;
insert into row_outcome
select file_no, source_row, not known or not nothing_new from judged_patient;
