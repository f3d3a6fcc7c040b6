-- Each form is judged once, and so is each distinct cell; a million rows then need no more
-- than joins on whole numbers.

create temp table form as
with parsed as (
    select
        form_no,
        patient_id as patient_text,
        measure_key as measure_text,
        completed_on as completed_text,
        trim(nfc_normalize(patient_id), ' ') as patient_id,
        trim(measure_key, ' ') as measure_key,
        trim(nfc_normalize(wave), ' ') as wave,
        trim(completed_on, ' ') as moment,
        regexp_matches(moment, getvariable('day')) as is_date,
        regexp_matches(moment, getvariable('moment')) as is_moment,
        case
            when is_moment and moment[12:13] <= '23'
                and not regexp_matches(moment, '[+-](2[4-9]|[3-9][0-9]):?[0-9]{2}$')
                and not regexp_matches(moment, '[+-](2[4-9]|[3-9][0-9]):?[0-9]{2}$')
                -- DuckDB wants the seconds, and the colon in the offset, that ISO 8601 lets
                -- a moment leave out.
                then try_cast(
                    regexp_replace(
                        regexp_replace(moment, '([T ][0-9]{2}:[0-9]{2})(Z|[+-])', '\1:00\2'),
                        '([+-][0-9]{2})([0-9]{2})$', '\1:\2'
                    ) as timestamptz
                )
        end as instant
    from staged_form
)
select
    form_no, patient_text, measure_text, completed_text, patient_id, measure_key, wave, moment,
    is_date, is_moment,
    case
        when starts_with(moment, '0000') then null  -- no calendar has such a year
        when is_date then try_cast(moment as date)
        -- The local date is the one written: 23:30-05:00 belongs to that evening.
        when instant is not null then try_cast(left(moment, 10) as date)
    end as completed_on,
    date_trunc('second', instant at time zone 'UTC') as completed_at
from parsed;

create temp table form_fault as
select form_no, 'patient_id' as column_name, patient_text as value,
    'the patient id is empty' as reason, 'give each row its patient' as what_to_do
from form where patient_id = ''
union all
select form_no, 'patient_id', '',
    format(
        'the patient id holds a character that cannot be seen, or digits that are not 0-9, '
        'or is longer than {} characters', getvariable('longest_id')
    ),
    'type the id again by hand'
from form where patient_id <> '' and not is_id(patient_id)
union all
select f.form_no, 'patient_id', f.patient_text, 'this patient is not registered',
    'check the id, import the patient list first, or import with --new-patients'
from form as f anti join patient using (patient_id)
where is_id(f.patient_id)
union all
select f.form_no, 'measure_key', f.measure_text, 'there is no measure with this key',
    'see the Measures page for the keys, or add a measure to the store''s measures folder'
from form as f anti join measure using (measure_key)
union all
select form_no, 'completed_on', completed_text,
    case
        when moment = '' then 'the date is empty'
        when is_date or is_moment then 'there is no such day or time'
        when regexp_matches(moment, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:')
            then 'the time has no offset from UTC'
        else 'this is not a date written as YYYY-MM-DD'
    end,
    case
        when is_date or is_moment then 'correct the date or the time'
        when regexp_matches(moment, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:')
            then 'add the offset, as in 2026-03-05T09:30+02:00, or declare time_zone in a map'
        when moment = '' then 'give each form its date'
        else 'write it as 2026-03-05, or declare date_format in a map'
    end
from form where completed_on is null
union all
select form_no, 'completed_on', completed_text, 'this date is in the future', 'correct the date'
from form where completed_on > getvariable('today')
union all
select form_no, 'completed_on', completed_text, 'this date is before 1900', 'correct the date'
from form where completed_on < date '1900-01-01'
union all
select f.form_no, 'completed_on', f.completed_text, 'this is before the patient was born',
    'check the date and the birth year'
from form as f join patient as p using (patient_id)
where year(f.completed_on) < p.birth_year and f.completed_on >= date '1900-01-01';

create temp table cell as
with defined as (
    select measure_key, 'item' as kind, item_key as cell_key, minimum, maximum, whole_numbers,
        m.not_applicable
    from item join measure as m using (measure_key)
    union all
    select measure_key, 'scale', scale_key, minimum, maximum, false, false from scale
),
judged as (
    select
        n.cell_no, n.measure_key, n.kind, n.cell_key, n.cell_text,
        trim(n.cell_text, ' ') as word,
        n.kind = 'item' and n.cell_key = '' and word = '' as is_empty_form,
        d.cell_key is not null as is_defined,
        w.measure_key is not null as is_of_a_measure,
        case
            when word in ('declined', 'not applicable') and n.kind = 'item'
                then replace(word, ' ', '_')
            else 'answered'
        end as state,
        case
            when regexp_matches(word, getvariable('number')) then try_cast(word as double)
        end as value,
        d.minimum, d.maximum, d.whole_numbers, d.not_applicable
    from staged_text as n
    left join measure as w on w.measure_key = trim(n.measure_key, ' ')
    left join defined as d
        on d.measure_key = trim(n.measure_key, ' ') and d.kind = n.kind
        and d.cell_key = n.cell_key
)
select
    cell_no,
    dense_rank() over (order by measure_key, kind, cell_key) as target_no,
    kind, cell_key, cell_text, is_empty_form, state, value,
    case
        when is_empty_form then null
        when not is_of_a_measure then null  -- the form itself is at fault
        when kind = 'item' and cell_key = '' then 'an answer stands without its item'
        when not is_defined and kind = 'item' then 'this measure has no such item'
        when not is_defined then 'this measure has no such scale'
        when state = 'declined' then null
        when state = 'not_applicable' and not_applicable then null
        when state = 'not_applicable' then '"not applicable" is no answer to this item'
        when value is null then 'this is not a number'
        when whole_numbers and value <> trunc(value) then 'this item takes whole numbers'
        when value < minimum or value > maximum
            then format('{} is outside {}–{}', word, plain(minimum), plain(maximum))
    end as reason,
    case
        when not is_defined then 'see the Measures page for its items and scales'
        when value is null and state = 'answered'
            then 'write a number, leave the cell empty, or declare missing_codes in a map'
        else 'correct the value and import again'
    end as what_to_do
from judged;

insert into refusal
select distinct file_of(m.place), row_of(m.place), f.column_name, f.value, f.reason, f.what_to_do
from staged_cell as m join form_fault as f using (form_no);

insert into refusal
select file_of(m.place), row_of(m.place), c.cell_key, c.cell_text, c.reason, c.what_to_do
from staged_cell as m join cell as c using (cell_no)
where c.reason is not null;
