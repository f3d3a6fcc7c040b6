-- What says nothing about any patient.
create temp view staff as select person_id, name, role, site from clinical.staff;
create temp view program as
select program_key, name, kind, support_types, source, site from clinical.program;
create temp view resource as
select resource_key, name, support_types, source, min_age, max_age, languages, site, phases,
    capacity, contact, program_key, withdrawn
from clinical.resource;
create temp view measure as select * from clinical.measure;
create temp view item as select * from clinical.item;
create temp view scale as select * from clinical.scale;
create temp view scale_item as select * from clinical.scale_item;
create temp view scale_number as select * from clinical.scale_number;
create temp view band as select * from clinical.band;
create temp view safety_item as select * from clinical.safety_item;
create temp view alert_rule as select * from clinical.alert_rule;
create temp view rule_value as select * from clinical.rule_value;
create temp view rule_version as select * from clinical.rule_version;
create temp view need_item as select * from clinical.need_item;
create temp view pathway as select * from clinical.pathway;
create temp view recovery_band as select * from clinical.recovery_band;
create temp view recovery_check as select * from clinical.recovery_check;
create temp view snapshot_info as
select number, parent, made_at, made_by, reason, sample, catalogue_version
from clinical.snapshot_info;

create temp macro tier_name(level) as
    ['unjudged', 'low', 'medium', 'high', 'immediate'][level + 1];
