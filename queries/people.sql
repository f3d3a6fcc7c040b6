-- purpose: Who is on the staff list, and in which role.
-- params:  none
-- returns: person_id varchar, name varchar, role varchar, site varchar
-- grain:   one row per person
select person_id, name, role, site
from staff
order by role, site, name, person_id;
