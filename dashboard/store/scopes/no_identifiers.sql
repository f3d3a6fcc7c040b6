-- Aggregates need to count people, not to know them: a hash, salted in each store, stands for an
-- id, and whatever could name a person is empty. The hashes are made at import: to make them anew
-- for each row of each question took most of its time.
create temp view patient as
select t.* replace (
    n.stand_in as patient_id, null::varchar as patient_ref, null::varchar as initials,
    null::bigint as source_row
)
from clinical.patient as t
join clinical.stand_in as n using (patient_id);
create temp view panel_assignment as
select t.* replace (n.stand_in as patient_id, null::bigint as source_row)
from clinical.panel_assignment as t
join clinical.stand_in as n using (patient_id);
create temp view event as
select t.* replace (
    n.stand_in as patient_id, null::varchar as event_id, null::varchar as detail,
    null::bigint as source_row
)
from clinical.event as t
join clinical.stand_in as n using (patient_id);
create temp view assessment as
select t.* replace (n.stand_in as patient_id, null::bigint as source_row)
from clinical.assessment as t
join clinical.stand_in as n using (patient_id);
create temp view answer as select * from clinical.answer where false;
create temp view support_cell as select * from clinical.support_cell where false;
create temp view score as
select t.* replace (n.stand_in as patient_id)
from clinical.score as t
join clinical.stand_in as n using (patient_id);
create temp view import_batch as
select * replace ('' as file_name, '' as file_sha256, []::varchar[] as notes)
from clinical.import_batch;
create temp view alert_fact as
select t.* replace (n.stand_in as patient_id)
from clinical.alert_fact as t
join clinical.stand_in as n using (patient_id);
create temp view next_form as
select t.* replace (n.stand_in as patient_id)
from clinical.next_form as t
join clinical.stand_in as n using (patient_id);
-- A patient's month is counted and needs no id.
create temp view patient_month as
select * replace (null::varchar as patient_id) from clinical.patient_month;
create temp view month_score as select * from clinical.month_score;
create temp view month_owed as select * from clinical.month_owed;
create temp view refused_row as select * from clinical.refused_row where false;
create temp view refused_lines as select * from clinical.refused_lines where false;
