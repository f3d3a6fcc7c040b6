-- purpose: Every score of one person, with what is needed to read it.
-- params:  patient_ref varchar, as_of date
-- returns: measure_key varchar, measure_title varchar, domain varchar, scale_key varchar,
--          scale_title varchar, higher_is varchar, trended boolean, minimum double,
--          maximum double, assessment_id bigint, completed_on date, wave varchar, score double,
--          status varchar, items_answered integer, items_total integer, band varchar,
--          stated double, stated_differs boolean, screen_cut_off double,
--          screen_cut_off_source varchar, sem double, reliable_change double,
--          reliable_change_source varchar, file_name varchar, source_row bigint,
--          imported_at timestamp, measure_version varchar
-- grain:   one row per assessment and scale, oldest first within each scale
select
    s.measure_key,
    m.title as measure_title,
    m.domain,
    s.scale_key,
    c.title as scale_title,
    c.higher_is,
    c.trended,
    c.minimum,
    c.maximum,
    s.assessment_id,
    s.completed_on,
    s.wave,
    s.score,
    s.status,
    s.items_answered,
    s.items_total,
    s.band,
    s.stated,
    s.stated_differs,
    c.screen_cut_off,
    c.screen_cut_off_source,
    c.sem,
    c.reliable_change,
    c.reliable_change_source,
    b.file_name,
    a.source_row,
    b.imported_at,
    a.measure_version
from score as s
join patient as p on p.patient_id = s.patient_id
join assessment as a on a.patient_id = s.patient_id and a.assessment_id = s.assessment_id
join import_batch as b on b.batch_id = a.batch_id
join measure as m on m.measure_key = s.measure_key
join scale as c on c.measure_key = s.measure_key and c.scale_key = s.scale_key
where p.patient_ref = $patient_ref and s.completed_on <= $as_of
order by m.position, c.position, s.completed_on, s.assessment_id;
