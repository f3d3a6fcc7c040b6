-- purpose: The refused rows of one imported file as they came, to mend and import again.
-- params:  batch_id integer
-- returns: file_name varchar, lines varchar
-- grain:   one row where anything was refused, else none
select b.file_name, l.lines
from refused_lines as l
join import_batch as b using (batch_id)
where l.batch_id = $batch_id::integer;
