create temp view patient as
select * from clinical.patient semi join in_scope using (patient_id);
create temp view panel_assignment as
select * from clinical.panel_assignment semi join in_scope using (patient_id);
create temp view event as
select * from clinical.event semi join in_scope using (patient_id);
create temp view assessment as
select * from clinical.assessment semi join in_scope using (patient_id);
create temp view answer as
select * from clinical.answer semi join in_scope using (patient_id);
create temp view support_cell as
select * from clinical.support_cell semi join in_scope using (patient_id);
create temp view score as
select * from clinical.score semi join in_scope using (patient_id);
-- The name of a file can name its patient, so only files that brought a form of the panel.
create temp view import_batch as
select * from clinical.import_batch
semi join (
    select unnest(batch_ids) as batch_id
    from clinical.patient_batches semi join in_scope using (patient_id)
) using (batch_id);
create temp view alert_fact as
select * from clinical.alert_fact semi join in_scope using (patient_id);
create temp view next_form as
select * from clinical.next_form semi join in_scope using (patient_id);
create temp view patient_month as
select * from clinical.patient_month semi join in_scope using (patient_id);
create temp view month_score as
select * from clinical.month_score semi join patient_month using (patient_month);
create temp view month_owed as
select * from clinical.month_owed semi join patient_month using (patient_month);
create temp view refused_row as
select * from clinical.refused_row where false;
create temp view refused_lines as
select * from clinical.refused_lines where false;
