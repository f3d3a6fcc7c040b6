-- purpose: Everything that an alert can rest on, each with the stretch of days on which it held,
--          under the thresholds given. Cut at a day, the stretches give what was known that day.
-- params:  under_need double, under_gap double, high_need double, high_importance double,
--          high_gap double, distress_window integer, persist_gap double,
--          persist_from_days integer, persist_until_days integer, clear_gap double,
--          clear_gap_twice double, worse_gap double, over_by double, valid_days integer,
--          distress_valid_days integer, unmet_item double
-- returns: patient_id varchar, fact varchar, support_type varchar, source_key varchar,
--          from_on date, until_on date, raised_on date, assessment_id bigint,
--          earlier_assessment_id bigint, need double, received double, importance double,
--          gap double, earlier_gap double, missing_from varchar[], visits_running integer,
--          score double, earlier_score double, threshold double, severe boolean,
--          reason varchar
-- grain:   one row per patient, fact, support type (or scale or item, in source_key) and
--          stretch; until_on is the first day on which it no longer held
select
    patient_id, fact, support_type, source_key, from_on, until_on, raised_on, assessment_id,
    earlier_assessment_id, need, received, importance, gap, earlier_gap, missing_from,
    visits_running, score, earlier_score, threshold, severe, reason
from alert_facts(
    $under_need, $under_gap, $high_need, $high_importance,
    $high_gap, $distress_window, $persist_gap, $persist_from_days,
    $persist_until_days, $clear_gap, $clear_gap_twice, $worse_gap,
    $over_by, $valid_days, $distress_valid_days, $unmet_item
)
order by patient_id, fact, support_type, source_key, from_on;
