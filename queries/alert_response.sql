-- purpose: For how many of each nurse's patients alerts were raised, and for how many each was acted
--          on in time: a safety answer by the next working day, anything else within so many days.
-- params:  as_of date, acted varchar, within_days integer
-- returns: year integer, month date, nurse varchar, patients bigint, in_time bigint, alerts bigint
-- grain:   one row per nurse and each of the last 12 months whose alerts were all due by as_of (its
--          first day), and one per nurse and year without a month: 1 is the last four quarters of
--          which that is so, 2 the four before. `acted` is a JSON object, mark of an alert to the
--          first day on which the log says that something was done about it; the nurse is the one
--          in charge on the day of the alert, empty where nobody was
with done as (
    select said.key as alert_mark, said.value as acted_on
    from (select unnest(map_entries(from_json($acted, '"map(varchar, date)"'))) as said)
),
raised as (
    select
        r.patient_no,
        coalesce(r.nurse, '') as nurse,
        r.raised_on,
        -- alerts up to the day before were due: over a weekend after three days
        $as_of - greatest($within_days, 3) as open_from,
        coalesce(d.acted_on <= r.raised_on + case
            when r.family <> 'safety' then $within_days
            when isodow(r.raised_on) >= 5 then 8 - isodow(r.raised_on)::integer
            else 1
        end, false) as in_time
    from raised_alerts() as r
    left join done as d using (alert_mark)
),
in_period as (
    select
        null::integer as year, date_trunc('month', raised_on)::date as month,
        nurse, patient_no, in_time
    from raised
    where raised_on < date_trunc('month', open_from)
        and raised_on >= date_trunc('month', open_from) - to_months(12)
    union all
    select
        if(datediff('quarter', raised_on, open_from) <= 4, 1, 2) as year, null as month,
        nurse, patient_no, in_time
    from raised
    where datediff('quarter', raised_on, open_from) between 1 and 8
),
of_patient as (
    select year, month, nurse, patient_no, count(*) as alerts, bool_and(in_time) as in_time
    from in_period
    group by year, month, nurse, patient_no
)
select
    year,
    month,
    nurse,
    count(*) as patients,
    count(*) filter (where in_time) as in_time,
    sum(alerts)::bigint as alerts
from of_patient
group by year, month, nurse
order by year, month, nurse;
