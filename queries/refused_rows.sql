-- purpose: Why rows of one imported file were refused, and what to do about each.
-- params:  batch_id integer
-- returns: row bigint, column varchar, value varchar, reason varchar, what_to_do varchar
-- grain:   one row per reason
select
    source_row as "row",
    column_name as "column",
    value,
    reason,
    what_to_do
from refused_row
where batch_id = $batch_id::integer
order by source_row nulls first, column_name;
