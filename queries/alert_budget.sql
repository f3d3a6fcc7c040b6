-- purpose: What a set of thresholds would have meant over the last 52 weeks, in counts only: how
--          many alerts a week, how many patients flagged, and how many reliable worsenings of
--          distress seen coming, and how early. Overdue forms are left out: no threshold here
--          changes them.
-- params:  under_need double, under_gap double, high_need double, high_importance double,
--          high_gap double, distress_window integer, persist_gap double,
--          persist_from_days integer, persist_until_days integer, clear_gap double,
--          clear_gap_twice double, worse_gap double, over_by double, valid_days integer,
--          distress_valid_days integer, unmet_item double,
--          as_of date
-- returns: kind varchar, day date, number bigint, lead_days double
-- grain:   'week': one row a week, from its first day, alerts newly raised in it · 'lead': one
--          row for as many worsenings that were caught as the centre's minimum, least warning
--          first, with their median days of warning · one row each, where there is any: 'caught'
--          (a support alert was open the day before; median days since it was raised) ·
--          'missed' · 'worse_later' and 'never_worse' (patients flagged with a support alert) ·
--          'high' (support alerts that became high through distress) · 'grown' (gaps that grew
--          enough to raise a tier) · 'followed' (patients with a form in the year)
with facts as materialized (
    select f.patient_id, f.fact, f.support_type, f.source_key, f.from_on, f.until_on, f.raised_on
    from alert_facts(
        $under_need, $under_gap, $high_need, $high_importance,
        $high_gap, $distress_window, $persist_gap, $persist_from_days,
        $persist_until_days, $clear_gap, $clear_gap_twice, $worse_gap,
        $over_by, $valid_days, $distress_valid_days, $unmet_item
    ) as f
    join patient as p
        on p.patient_id = f.patient_id and (p.status = 'active' or p.status_on > f.from_on)
    where f.fact in (
            'under', 'under_item', 'persist', 'over', 'distress', 'safety', 'distress_worse',
            'high', 'gap_worse'
        )
        and f.from_on <= $as_of and f.until_on > $as_of - 364
),
alerts as (
    select
        patient_id, from_on, until_on, raised_on,
        case when fact in ('under_item', 'persist') then 'under' else fact end as family,
        coalesce(support_type, source_key) as about
    from facts
    where fact not in ('distress_worse', 'high', 'gap_worse')
),
raised as (         -- what joins an alert that is open already is not another alert
    select distinct patient_id, family, about, raised_on
    from alerts as a
    where raised_on > $as_of - 364 and raised_on <= $as_of
        and not exists (
            from alerts as b
            where b.patient_id = a.patient_id and b.family = a.family and b.about = a.about
                and b.raised_on < a.raised_on
                and a.raised_on >= b.from_on and a.raised_on < b.until_on
        )
),
followed as (
    select count(distinct patient_id) as number
    from assessment
    where completed_on > $as_of - 364 and completed_on <= $as_of
),
weeks as (
    select $as_of - (7 * week + 6)::integer as day
    from range(52) as weeks (week)
    where (select number from followed) > 0
),
support as (
    select patient_id, from_on, until_on, raised_on
    from facts
    where fact in ('under', 'under_item', 'persist', 'over')
),
worsened as (
    select distinct patient_id, from_on as day
    from facts
    where fact = 'distress_worse' and from_on > $as_of - 364
),
foreseen as (       -- the first day that a stretch no longer holds is `until_on`
    select w.patient_id, w.day, (w.day - min(s.raised_on))::integer as lead_days
    from worsened as w
    left join support as s
        on s.patient_id = w.patient_id and s.from_on < w.day and s.until_on >= w.day
    group by w.patient_id, w.day
),
in_groups as (      -- a group of the minimum or more says how early without saying it of anybody
    select
        lead_days,
        (row_number() over (order by lead_days) - 1)
        * greatest(1, count(*) over () // minimum_cell) // count(*) over () as part
    from foreseen
    cross join disclosure
    where lead_days is not null
),
flagged as (
    select patient_id, min(from_on) as day from support group by patient_id
),
told as (
    select f.patient_id, bool_or(w.day is not null) as worse_later
    from flagged as f
    left join worsened as w on w.patient_id = f.patient_id and w.day > f.day
    group by f.patient_id
),
counts as (
    select 'week' as kind, w.day, count(r.patient_id) as number, null::double as lead_days
    from weeks as w
    left join raised as r on r.raised_on between w.day and w.day + 6
    group by w.day
    union all
    select 'lead', null, count(*), median(lead_days)::double from in_groups group by part
    union all
    select
        if(lead_days is null, 'missed', 'caught'), null, count(*), median(lead_days)::double
    from foreseen
    group by lead_days is null
    union all
    select if(worse_later, 'worse_later', 'never_worse'), null, count(*), null
    from told
    group by worse_later
    union all
    select
        if(fact = 'high', 'high', 'grown'), null,
        count(distinct (patient_id, support_type, raised_on)), null
    from facts
    where fact in ('high', 'gap_worse') and raised_on > $as_of - 364 and raised_on <= $as_of
    group by fact
    union all
    select 'followed', null, number, null from followed where number > 0
)
select kind, day, number, lead_days
from counts
order by kind, day, lead_days;
