-- purpose: Where the centre's patients who began with the same score stood later, as the range to
--          hold a course against.
-- params:  measure_key varchar, scale_key varchar
-- returns: start double, month integer, patients integer, low80 double, low50 double,
--          median double, high50 double, high80 double
-- grain:   one row per first score (each point of the scale, or each twentieth of it) and month
--          since, over the whole centre; no row where too few stand behind it. patients is told
--          in whole steps of the smallest group that may be told of, so that no two rows tell of
--          one person (dashboard/store/steps/85_recovery.sql makes the rows)
select
    b.start, b.month, b.patients - b.patients % d.minimum_cell as patients, b.low80, b.low50,
    b.median, b.high50, b.high80
from recovery_band as b
cross join disclosure as d
where b.measure_key = $measure_key and b.scale_key = $scale_key and b.patients >= d.minimum_cell
order by b.start, b.month;
