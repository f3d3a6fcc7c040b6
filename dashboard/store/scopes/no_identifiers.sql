-- Aggregates need to count people, not to know them: ids become hashes that stand for
-- nobody outside this cursor's snapshot, and whatever could name a person is empty.
create temp macro nobody(patient_id) as
    left(sha256((select ref_salt from clinical.snapshot_info) || 'aggregate' || patient_id), 16);
create temp view patient as
select * replace (
    nobody(patient_id) as patient_id, null::varchar as patient_ref, null::varchar as initials,
    null::bigint as source_row
)
from clinical.patient;
create temp view panel_assignment as
select * replace (nobody(patient_id) as patient_id, null::bigint as source_row)
from clinical.panel_assignment;
create temp view event as
select * replace (
    nobody(patient_id) as patient_id, null::varchar as event_id, null::varchar as detail,
    null::bigint as source_row
)
from clinical.event;
create temp view assessment as
select * replace (nobody(patient_id) as patient_id, null::bigint as source_row)
from clinical.assessment;
create temp view answer as select * from clinical.answer where false;
create temp view score as
select * replace (nobody(patient_id) as patient_id) from clinical.score;
create temp view import_batch as
select * replace ('' as file_name, '' as file_sha256, []::varchar[] as notes)
from clinical.import_batch;
create temp view alert_fact as
select * replace (nobody(patient_id) as patient_id) from clinical.alert_fact;
create temp view refused_row as select * from clinical.refused_row where false;
create temp view refused_lines as select * from clinical.refused_lines where false;
