-- What the files of one import hold, side by side, before anything is judged.
-- `file_no` tells the files apart; `source_row` is the row as a spreadsheet shows it; a cell's
-- `place` is both in one whole number, so that a million of them compare quickly.

create temp table staged_form (         -- each form that the rows name, once
    form_no integer, patient_id varchar, measure_key varchar, completed_on varchar, wave varchar
);
create temp table staged_text (         -- each distinct cell, once, still as text
    cell_no integer, measure_key varchar,
    kind varchar,                       -- item or scale
    cell_key varchar,                   -- the item or scale; '' for a form without any answer
    cell_text varchar
);
create temp table staged_cell (         -- where which cell stands
    place bigint, form_no integer, cell_no integer
);
create temp macro file_of(place) as (place >> getvariable('place_bits'))::integer;
create temp macro row_of(place) as place & ((1::bigint << getvariable('place_bits')) - 1);
create temp macro place_of(file_no, source_row) as
    (file_no::bigint << getvariable('place_bits')) + source_row;
create temp table staged_staff (
    file_no integer, source_row bigint, person_id varchar, name varchar, role varchar,
    site varchar
);
create temp table staged_program (
    file_no integer, source_row bigint, program_key varchar, name varchar, kind varchar,
    support_types varchar[], source varchar, site varchar
);
create temp table staged_resource (
    file_no integer, source_row bigint, resource_key varchar, name varchar,
    support_types varchar[], source varchar, min_age integer, max_age integer,
    languages varchar[], site varchar, phases varchar[], capacity varchar, contact varchar,
    program_key varchar, withdrawn boolean
);
create temp table staged_patient (
    file_no integer, source_row bigint, patient_id varchar, initials varchar, birth_year integer,
    sex varchar, diagnosis varchar, stage varchar, phase varchar, site varchar, language varchar,
    diagnosed_on date, treatment_started_on date, treatment_ended_on date, status varchar,
    status_on date, lives_alone boolean
);
create temp table staged_panel (
    file_no integer, source_row bigint, person_id varchar, patient_id varchar, from_on date,
    until_on date
);
create temp table staged_event (
    file_no integer, source_row bigint, event_id varchar, patient_id varchar, occurred_on date,
    kind varchar, ended_on date, program_key varchar, person_id varchar, detail varchar
);

create temp table staged_file (file_no integer, file_name varchar);
create temp table shown_column (file_no integer, canonical varchar, shown varchar);

create temp table refusal (             -- every reason a row is not taken
    file_no integer, source_row bigint, column_name varchar, value varchar, reason varchar,
    what_to_do varchar
);
create temp table row_outcome (         -- what an accepted row brought: something new, or nothing
    file_no integer, source_row bigint, is_new boolean
);

create temp macro is_id(text) as
    regexp_matches(text, getvariable('plain_id')) and length(text) <= getvariable('longest_id');
create temp macro batch_of(file_no) as getvariable('first_batch') + file_no;
create temp macro opaque(patient_id) as
    left(sha256((select ref_salt from snapshot_info) || patient_id), 16);
create temp macro plain(number) as
    case when number = trunc(number) then number::bigint::varchar else number::varchar end;
