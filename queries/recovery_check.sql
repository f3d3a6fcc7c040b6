-- purpose: How often the ranges of `recovery_bands` hold for patients who were left out when they
--          were made.
-- params:  measure_key varchar, scale_key varchar
-- returns: patients integer, forms integer, below80 integer, above80 integer
-- grain:   one row, of the scale asked for, or none where no form could be compared; each fifth of
--          the patients against bands made from the other four fifths
select c.patients, c.forms, c.below80, c.above80
from recovery_check as c
cross join disclosure as d
where c.measure_key = $measure_key and c.scale_key = $scale_key and c.patients >= d.minimum_cell;
