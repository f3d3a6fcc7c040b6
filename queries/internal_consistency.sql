-- purpose: How well the items of scales hang together in everyone's forms (Cronbach's alpha), which
--          says how much of a score is error of measurement.
-- params:  as_of date, scales varchar
-- returns: items integer, forms integer, alpha double
-- grain:   one row: the scales (written measure/scale, several after commas) taken as one, over the
--          whole centre's forms that answer every item; alpha is null under 100 forms, and there
--          is no row without any
select items, forms, alpha
from item_consistency($as_of, $scales)
where forms > 0;
