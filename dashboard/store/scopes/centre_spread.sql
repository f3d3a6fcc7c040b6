-- How answers about support spread over everyone, whoever asks: an error of measurement is the
-- same for all patients, and a nurse's own panel is too small to tell it. Numbers over fewer
-- people than `minimum_cell` stay hidden, so that no answer of a single person can be worked out.
create temp macro centre_spread(as_of) as table
with judged as (
    select
        patient_id, support_type, from_on, need, received,
        lag(from_on) over in_order as earlier_on,
        lag(need) over in_order as earlier_need,
        lag(received) over in_order as earlier_received
    from clinical.alert_fact
    where fact = 'judged' and from_on <= as_of
    window in_order as (partition by patient_id, support_type order by from_on)
),
latest as (
    select
        patient_id, support_type, arg_max(need, from_on) as need,
        arg_max(received, from_on) as received
    from judged
    group by patient_id, support_type
),
close_pair as (     -- one for each person: pairs of the same person are not independent
    select
        patient_id, support_type, arg_max(need, from_on) as need,
        arg_max(earlier_need, from_on) as earlier_need, arg_max(received, from_on) as received,
        arg_max(earlier_received, from_on) as earlier_received
    from judged
    where from_on - earlier_on between 14 and 60
    group by patient_id, support_type
),
spread as (
    select
        support_type, count(*)::integer as people, stddev_samp(need) as sd_need,
        stddev_samp(received) as sd_received
    from latest
    group by support_type
),
agreement as (
    select
        support_type, count(*)::integer as pairs,
        -- Without any spread there is nothing to correlate: DuckDB then says NaN.
        nullif(corr(need, earlier_need), 'nan'::double) as reliability_need,
        nullif(corr(received, earlier_received), 'nan'::double) as reliability_received
    from close_pair
    group by support_type
)
select
    support_type,
    case when people not between 1 and minimum_cell - 1 then people end as people,
    case when people >= minimum_cell then sd_need end as sd_need,
    case when people >= minimum_cell then sd_received end as sd_received,
    case when coalesce(pairs, 0) not between 1 and minimum_cell - 1
        then coalesce(pairs, 0) end as pairs,
    case when pairs >= minimum_cell then reliability_need end as reliability_need,
    case when pairs >= minimum_cell then reliability_received end as reliability_received
from spread
cross join disclosure
left join agreement using (support_type);
