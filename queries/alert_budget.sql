-- purpose: What a set of thresholds would have meant over the last year: how many alerts a week,
--          whom they would have flagged, and which reliable worsenings of distress they would have
--          seen coming.
-- params:  under_need double, under_gap double, high_need double, high_importance double,
--          high_gap double, distress_window integer, persist_gap double,
--          persist_from_days integer, persist_until_days integer, clear_gap double,
--          clear_gap_twice double, worse_gap double, over_by double, valid_days integer,
--          distress_valid_days integer, unmet_item double,
--          as_of date
-- returns: kind varchar, day date, alerts bigint, lead_days integer, caught boolean,
--          worse_later boolean
-- grain:   kind 'week': one row a week, alerts newly raised in it · kind 'worsening': one row per
--          reliable worsening, caught when a support alert was open the day before · kind
--          'patient': one row per patient flagged with a support alert
with facts as materialized (
    select patient_id, fact, support_type, source_key, from_on, until_on, raised_on
    from alert_facts(
        $under_need, $under_gap, $high_need, $high_importance,
        $high_gap, $distress_window, $persist_gap, $persist_from_days,
        $persist_until_days, $clear_gap, $clear_gap_twice, $worse_gap,
        $over_by, $valid_days, $distress_valid_days, $unmet_item
    )
    where fact in ('under', 'under_item', 'persist', 'over', 'distress', 'safety', 'distress_worse')
        and from_on <= $as_of and until_on > $as_of - 364
),
raised as (         -- escalation within an episode is not another alert
    select distinct
        patient_id,
        case when fact in ('under_item', 'persist') then 'under' else fact end as family,
        coalesce(support_type, source_key) as about,
        raised_on
    from facts
    where fact <> 'distress_worse' and raised_on > $as_of - 364 and raised_on <= $as_of
),
weeks as (
    select $as_of - (7 * week + 6)::integer as day from range(52) as weeks (week)
),
support as (
    select patient_id, from_on, until_on, raised_on
    from facts
    where fact in ('under', 'under_item', 'persist', 'over')
),
worsened as (
    select patient_id, from_on as day
    from facts
    where fact = 'distress_worse' and from_on > $as_of - 364
    group by patient_id, from_on
),
foreseen as (
    select w.patient_id, w.day, min(s.raised_on) as raised_on
    from worsened as w
    left join support as s
        on s.patient_id = w.patient_id and s.from_on < w.day and s.until_on >= w.day
    group by w.patient_id, w.day
),
flagged as (
    select patient_id, min(from_on) as day from support group by patient_id
)
select
    'week' as kind,
    w.day,
    count(r.patient_id) as alerts,
    null::integer as lead_days,
    null::boolean as caught,
    null::boolean as worse_later
from weeks as w
left join raised as r on r.raised_on between w.day and w.day + 6
group by w.day
union all
select
    'worsening', day, null, (day - raised_on)::integer, raised_on is not null, null
from foreseen
union all
select
    'patient', f.day, null, null, null, bool_or(w.day is not null)
from flagged as f
left join worsened as w on w.patient_id = f.patient_id and w.day > f.day
group by f.patient_id, f.day
order by kind, day;
