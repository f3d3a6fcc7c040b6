-- purpose: How many patients had an open gap in each type at the end of each month.
-- params:  as_of date
-- returns: day date, support_type varchar, judged bigint, open_gaps bigint
-- grain:   one row per month end (the last one is as_of itself) and support type; up to 12 months
with days as (
    select least(last_day(month::date), $as_of)::date as day
    from range(
        date_trunc('month', $as_of::timestamp) - interval 11 month,
        $as_of::timestamp + interval 1 day,
        interval 1 month
    ) as months (month)
),
types as (
    select distinct split_part(item_key, '_', 2) as support_type
    from item
    where measure_key = 'support_grid'
),
held as (
    select
        d.day, f.support_type,
        count(distinct f.patient_id) filter (where f.fact = 'judged') as judged,
        count(distinct f.patient_id) filter (where f.fact in ('under', 'under_item')) as open_gaps
    from days as d
    join alert_fact as f on f.from_on <= d.day and f.until_on > d.day
    join patient as p
        on p.patient_id = f.patient_id and (p.status = 'active' or p.status_on > d.day)
    where f.fact in ('judged', 'under', 'under_item')
    group by d.day, f.support_type
)
select
    d.day,
    t.support_type,
    coalesce(h.judged, 0) as judged,
    coalesce(h.open_gaps, 0) as open_gaps
from days as d
cross join types as t
left join held as h on h.day = d.day and h.support_type = t.support_type
order by t.support_type, d.day;
