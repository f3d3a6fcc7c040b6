-- purpose: What came in, when, through whom, and how much of it was refused.
-- params:  none
-- returns: batch_id integer, snapshot integer, imported_at timestamp, person varchar,
--          file_name varchar, form varchar, rows_read bigint, rows_accepted bigint,
--          rows_refused bigint, duplicates bigint, notes varchar[]
-- grain:   one row per imported file, newest first
select
    batch_id,
    snapshot,
    imported_at,
    person,
    file_name,
    form,
    rows_read,
    rows_accepted,
    rows_refused,
    duplicates,
    notes
from import_batch
order by batch_id desc;
