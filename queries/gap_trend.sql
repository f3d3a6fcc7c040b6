-- purpose: How many patients were judged, and how many of them had an open gap, in each type at
--          the end of each month.
-- params:  as_of date
-- returns: day date, site varchar, nurse varchar, support_type varchar, judged bigint,
--          open_gaps bigint
-- grain:   one row per month end (the last one is as_of itself), site, today's nurse and support
--          type with a judged patient; up to 12 months
with days as (
    select least(last_day(month::date), $as_of)::date as day
    from range(
        date_trunc('month', $as_of::timestamp) - interval 11 month,
        $as_of::timestamp + interval 1 day,
        interval 1 month
    ) as months (month)
),
held as (           -- a gap known from an item alone has no judged form to be a share of
    select
        d.day, f.patient_id, f.support_type,
        any_value(p.site) as site,
        bool_or(f.fact <> 'judged') as is_open
    from days as d
    join alert_fact as f on f.from_on <= d.day and f.until_on > d.day
    join patient as p
        on p.patient_id = f.patient_id and (p.status = 'active' or p.status_on > d.day)
    where f.fact in ('judged', 'under', 'under_item')
    group by d.day, f.patient_id, f.support_type
    having bool_or(f.fact = 'judged')
)
select
    h.day,
    h.site,
    n.nurse,
    h.support_type,
    count(*) as judged,
    count(*) filter (where h.is_open) as open_gaps
from held as h
left join nurse_of($as_of) as n using (patient_id)
group by h.day, h.site, n.nurse, h.support_type
order by h.support_type, h.day, h.site, n.nurse;
