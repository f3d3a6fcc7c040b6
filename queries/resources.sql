-- purpose: What the centre's directory of programs and community resources holds.
-- params:  none
-- returns: resource_key varchar, name varchar, support_types varchar[], source varchar,
--          min_age integer, max_age integer, languages varchar[], site varchar,
--          phases varchar[], capacity varchar, contact varchar, program_key varchar,
--          withdrawn boolean
-- grain:   one row per resource; a limit that is null or empty is none
select
    resource_key, name, support_types, source, min_age, max_age, languages, site, phases,
    capacity, contact, program_key, withdrawn
from resource
order by name, resource_key;
