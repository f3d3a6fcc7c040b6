-- Against what the store and the import itself already hold: the same value again is a
-- duplicate and is left aside; another value is a conflict.

create temp table form_key as           -- several texts can name the same form
with named as (
    select distinct patient_id, measure_key, completed_on, completed_at, wave
    from form anti join form_fault using (form_no)
)
select
    -- Numbered in the order of the clock, so that of two forms of one day the later is later.
    row_number() over (
        order by n.patient_id, n.completed_on, n.measure_key, n.completed_at, n.wave
    ) as key_id,
    n.*,
    a.assessment_id as known_id
from named as n
left join assessment as a
    on a.patient_id = n.patient_id and a.measure_key = n.measure_key
    and a.completed_on = n.completed_on and a.wave = n.wave
    and a.completed_at is not distinct from n.completed_at;

create temp table key_of_form as
select f.form_no, k.key_id, k.known_id
from form as f
join form_key as k
    on k.patient_id = f.patient_id and k.measure_key = f.measure_key
    and k.completed_on = f.completed_on and k.wave = f.wave
    and k.completed_at is not distinct from f.completed_at;

create temp table offered as            -- cells of rows that nothing speaks against so far
select m.place, m.cell_no, c.target_no, k.key_id, k.known_id
from staged_cell as m
join key_of_form as k using (form_no)
join cell as c using (cell_no)
anti join (select distinct place_of(file_no, source_row) as place from refusal) as r
    using (place);

create temp table repeated_cell as      -- the same item of the same form, more than once
with several as (
    select key_id, target_no from offered group by all having count(*) > 1
)
select
    o.place, o.key_id, o.target_no, o.cell_no,
    min(o.place) over same_item as first_place,
    row(c.state, c.value) is distinct from first(row(c.state, c.value)) over same_item as differs
from offered as o
semi join several as s on s.key_id = o.key_id and s.target_no = o.target_no
join cell as c using (cell_no)
window same_item as (
    partition by o.key_id, o.target_no order by o.place
    rows between unbounded preceding and unbounded following
);

insert into refusal
select file_of(o.place), row_of(o.place), c.cell_key, c.cell_text,
    format(
        'row {}{} already gives this form another value', row_of(o.first_place),
        case
            when file_of(o.first_place) <> file_of(o.place) then format(' of {}', f.file_name)
            else ''
        end
    ),
    'keep the right one of the two rows'
from repeated_cell as o
join cell as c using (cell_no)
join staged_file as f on f.file_no = file_of(o.first_place)
where o.differs;

create temp table known_cell as         -- cells that the store already holds
select o.place, o.key_id, o.cell_no,
    row(c.state, c.value) is distinct from row(a.state, a.value) as differs,
    a.value as old_value, a.state as old_state, a.batch_id as old_batch, a.source_row as old_row
from offered as o
join cell as c using (cell_no)
join answer as a on a.assessment_id = o.known_id and a.item_key = c.cell_key
where c.kind = 'item'
union all
select o.place, o.key_id, o.cell_no, c.value is distinct from t.value,
    t.value, 'answered', t.batch_id, t.source_row
from offered as o
join cell as c using (cell_no)
join stated_score as t on t.assessment_id = o.known_id and t.scale_key = c.cell_key
where c.kind = 'scale';

insert into refusal
select file_of(k.place), row_of(k.place), c.cell_key, c.cell_text,
    'another value is stored for this form already',
    'check which is right; import with --supersede to replace the stored one'
from known_cell as k join cell as c using (cell_no)
where k.differs and not getvariable('supersede');
