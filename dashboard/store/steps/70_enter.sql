-- The rows that stand: new forms, new answers, and replaced ones with their old value kept.

create temp table refused_place as
select distinct place_of(file_no, source_row) as place from refusal;

create temp table said_again as         -- what a row that stands already said
select place, key_id, cell_no
from repeated_cell anti join refused_place using (place)
qualify place <> min(place) over (partition by key_id, target_no);

create temp table entering as
select o.place, o.key_id, o.known_id, o.cell_no,
    k.cell_no is null or k.differs as is_new,
    k.cell_no is not null and k.differs as replaces
from offered as o
left join known_cell as k
    on k.place = o.place and k.cell_no = o.cell_no and k.key_id = o.key_id
anti join refused_place as r on r.place = o.place
anti join said_again as s
    on s.place = o.place and s.key_id = o.key_id and s.cell_no = o.cell_no;

create temp table entered_form as
select
    k.key_id,
    coalesce(
        k.known_id,
        (select coalesce(max(assessment_id), 0) from assessment) + k.key_id
    ) as assessment_id,
    k.known_id is null as is_new,
    k.patient_id, k.measure_key, k.completed_on, k.completed_at, k.wave,
    e.place
from form_key as k
join (select key_id, min(place) as place from entering group by key_id) as e using (key_id);

insert into assessment
select f.assessment_id, f.patient_id, f.measure_key, f.completed_on, f.completed_at, f.wave,
    m.version, batch_of(file_of(f.place)), row_of(f.place)
from entered_form as f join measure as m using (measure_key)
where f.is_new
order by f.patient_id, f.assessment_id;     -- so that one patient's rows lie together

-- Whoever was registered for rows that were then all refused is nobody's patient.
delete from patient
where getvariable('new_patients') and patient_id in (select patient_id from unknown_patient)
    and patient_id not in (
        select patient_id from assessment
        union all
        select patient_id from panel_assignment
        union all
        select patient_id from event
    );

insert into superseded
select c.kind, format('{}/{}', f.assessment_id, c.cell_key),
    coalesce(k.old_value::varchar, k.old_state), k.old_batch, k.old_row, batch_of(file_of(e.place))
from entering as e
join known_cell as k using (place, key_id, cell_no)
join cell as c using (cell_no)
join entered_form as f using (key_id)
where e.replaces;

delete from answer using (
    select e.known_id, c.cell_key from entering as e join cell as c using (cell_no)
    where e.replaces and c.kind = 'item'
) as gone
where answer.assessment_id = gone.known_id and answer.item_key = gone.cell_key;
delete from stated_score using (
    select e.known_id, c.cell_key from entering as e join cell as c using (cell_no)
    where e.replaces and c.kind = 'scale'
) as gone
where stated_score.assessment_id = gone.known_id and stated_score.scale_key = gone.cell_key;

insert into answer
select f.patient_id, f.assessment_id, c.cell_key, c.value, c.state, batch_of(file_of(e.place)), row_of(e.place)
from entering as e
join entered_form as f using (key_id)
join cell as c using (cell_no)
where e.is_new and c.kind = 'item' and not c.is_empty_form
order by f.patient_id, f.assessment_id;

insert into patient_batches
select f.patient_id, list(distinct batch_of(file_of(e.place)))
from entering as e join entered_form as f using (key_id)
where e.is_new or f.is_new
group by f.patient_id;

insert into stated_score
select f.assessment_id, c.cell_key, c.value, batch_of(file_of(e.place)), row_of(e.place)
from entering as e
join entered_form as f using (key_id)
join cell as c using (cell_no)
where e.is_new and c.kind = 'scale';

insert into row_outcome
select file_of(e.place), row_of(e.place),
    bool_or((e.is_new and not c.is_empty_form) or f.is_new)
from entering as e
join cell as c using (cell_no)
join entered_form as f using (key_id)
group by e.place;
insert into row_outcome             -- rows that only repeat another row of the same import
select distinct file_of(place), row_of(place), false
from repeated_cell where not differs;
