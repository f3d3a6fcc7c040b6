-- purpose: Screening coverage: of the patients whose form could be awaited at the end of each of
--          the last 24 whole months, how many had answered in time, had said no, or were late.
--          Months before anybody said anything are left out: nobody was asked yet.
-- params:  as_of date
-- returns: month date, site varchar, eligible bigint, screened bigint, declined bigint,
--          overdue bigint
-- grain:   one row per month (its first day) and site
with months as (
    select
        date_trunc('month', $as_of + 1 - to_months(back::integer + 1))::date as month,
        last_day(month) as month_end
    from range(24) as r (back)
    where month_end >= (select min(least(last_form_on, declined_on)) from next_form)
),
awaited as (        -- whoever has said something, or is late with the first form
    select
        m.month,
        coalesce(p.site, '') as site,
        n.next_due_on <= m.month_end as is_late,
        n.declined_on is not null and n.declined_on >= coalesce(n.last_form_on, n.declined_on)
            as said_no
    from months as m
    join next_form as n on n.from_on <= m.month_end and n.until_on > m.month_end
    join patient as p using (patient_id)
    where n.next_due_on is not null
        and (p.status = 'active' or p.status_on > m.month_end)
        and (is_late or n.last_form_on is not null or n.declined_on is not null)
)
select
    month,
    site,
    count(*) as eligible,
    count(*) filter (where not is_late and not said_no) as screened,
    count(*) filter (where not is_late and said_no) as declined,
    count(*) filter (where is_late) as overdue
from awaited
group by month, site
order by month, site;
