-- purpose: How far needs and receipts of each support type spread over people, and how far they
--          stay as they were between two forms close together: what the error of a gap rests on.
-- params:  as_of date
-- returns: support_type varchar, people integer, sd_need double, sd_received double,
--          pairs integer, reliability_need double, reliability_received double
-- grain:   one row per support type that was ever judged, over the whole centre; standard
--          deviations over everyone's latest judged form, correlations over everyone's latest two
--          judged forms 14-60 days apart; null under 10 people or pairs
select
    support_type, people, sd_need, sd_received, pairs, reliability_need, reliability_received
from centre_spread($as_of)
order by support_type;
