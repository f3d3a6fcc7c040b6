-- Panel assignments and events need their patient; an assignment needs its person.

insert into refusal
select file_no, source_row, 'patient_id', patient_id, 'this patient is not registered',
    'check the id, import the patient list first, or import with --new-patients'
from (
    select file_no, source_row, patient_id from staged_panel
    union all
    select file_no, source_row, patient_id from staged_event
)
anti join patient using (patient_id);

insert into refusal
select file_no, source_row, 'person_id', person_id, 'this person is not on the staff list',
    'check the id, or import the staff list first'
from staged_panel anti join staff using (person_id);

insert into refusal
select s.file_no, s.source_row, 'occurred_on', s.occurred_on::varchar,
    case
        when s.occurred_on > getvariable('today') then 'this date is in the future'
        else 'this is before the patient was born'
    end,
    'correct the date'
from staged_event as s left join patient as p using (patient_id)
where s.occurred_on > getvariable('today') or year(s.occurred_on) < p.birth_year;

create temp table judged_panel as
select
    s.*,
    e.patient_id is not null as known,
    coalesce(s.until_on <> e.until_on, false) as differs,
    s.until_on is null or s.until_on is not distinct from e.until_on as nothing_new
from staged_panel as s
left join panel_assignment as e
    on e.person_id = s.person_id and e.patient_id = s.patient_id
    and e.from_on is not distinct from s.from_on
semi join patient on patient.patient_id = s.patient_id
semi join staff on staff.person_id = s.person_id;
insert into refusal
select file_no, source_row, 'until_on', until_on::varchar,
    'this assignment is already stored with another last day',
    'import with --supersede if the new day is right'
from judged_panel where differs and not getvariable('supersede');
insert into superseded
select 'panel', concat_ws('/', e.person_id, e.patient_id, e.from_on), to_json(e), e.batch_id,
    e.source_row, batch_of(j.file_no)
from judged_panel as j
join panel_assignment as e
    on e.person_id = j.person_id and e.patient_id = j.patient_id
    and e.from_on is not distinct from j.from_on
where j.differs and getvariable('supersede');
update panel_assignment set
    until_on = j.until_on, batch_id = batch_of(j.file_no), source_row = j.source_row
from judged_panel as j
where j.person_id = panel_assignment.person_id and j.patient_id = panel_assignment.patient_id
    and j.from_on is not distinct from panel_assignment.from_on and not j.nothing_new
    and (not j.differs or getvariable('supersede'));
insert into panel_assignment
select person_id, patient_id, from_on, until_on, batch_of(file_no), source_row
from judged_panel where not known;
insert into row_outcome select file_no, source_row, not known or not nothing_new from judged_panel;

-- An event without an id of its own is the same event when everything it says is the same.
create temp table judged_event as
select
    s.* replace (
        coalesce(
            s.event_id,
            left(md5(concat_ws('|', s.patient_id, s.occurred_on, s.kind, coalesce(s.program_key, ''),
                coalesce(s.person_id, ''), coalesce(s.detail, ''))), 16)
        ) as event_id
    ),
    row_number() over same_event > 1 as repeated,
    s.ended_on is distinct from first(s.ended_on) over same_event as ends_otherwise
from staged_event as s
semi join patient on patient.patient_id = s.patient_id
anti join (select distinct file_no, source_row from refusal) as refused
    on refused.file_no = s.file_no and refused.source_row = s.source_row
window same_event as (
    partition by coalesce(
        s.event_id,
        concat_ws('|', s.patient_id, s.occurred_on, s.kind, coalesce(s.program_key, ''),
            coalesce(s.person_id, ''), coalesce(s.detail, ''))
    )
    order by s.file_no, s.source_row
);

insert into refusal
select file_no, source_row, 'ended_on', coalesce(ended_on::varchar, ''),
    'another row gives the same event another last day',
    'keep the right one of the two rows, or give each an event_id'
from judged_event where ends_otherwise;

create temp table known_event as
select
    j.file_no, j.source_row, j.event_id,
    row(j.patient_id, j.occurred_on, j.kind, j.program_key, j.person_id, j.detail, j.ended_on)
        is distinct from
    row(e.patient_id, e.occurred_on, e.kind, e.program_key, e.person_id, e.detail, e.ended_on)
        as differs
from judged_event as j join event as e using (event_id);

insert into refusal
select file_no, source_row, 'event_id', event_id,
    'this event is already stored with other values',
    'import with --supersede if the new values are right'
from known_event where differs and not getvariable('supersede');
insert into superseded
select 'event', e.event_id, to_json(e), e.batch_id, e.source_row, batch_of(k.file_no)
from known_event as k join event as e using (event_id)
where k.differs and getvariable('supersede');
delete from event
where getvariable('supersede') and event_id in (select event_id from known_event where differs);
insert into event
select event_id, patient_id, occurred_on, kind, ended_on, program_key, person_id, detail,
    batch_of(file_no), source_row
from judged_event anti join event using (event_id) where not repeated;
insert into row_outcome
select j.file_no, j.source_row,
    not j.repeated and (k.event_id is null or (k.differs and getvariable('supersede')))
from judged_event as j left join known_event as k using (file_no, source_row, event_id);
