-- purpose: How much the store holds, up to when, and whether it is the synthetic sample.
-- params:  none
-- returns: newest_on date, patients bigint, assessments bigint, scores bigint, sample boolean
-- grain:   one row in all
select
    (select max(completed_on) from assessment) as newest_on,
    (select count(*) from patient) as patients,
    (select count(*) from assessment) as assessments,
    (select count(*) from score) as scores,
    (select sample from snapshot_info) as sample;
