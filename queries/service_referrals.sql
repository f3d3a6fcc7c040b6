-- purpose: What became of each referral that was offered: accepted, and attended for the first time,
--          within settle_days.
-- params:  as_of date, settle_days integer
-- returns: site varchar, offered_on date, accepted boolean, attended boolean,
--          first_of_month boolean, year integer
-- grain:   one row per offer in the last eight quarters that had been over for settle_days, or
--          since. A person's first offer of a month and of a year is marked: `year` is 1 for the
--          last four of those quarters, 2 for the four before, else null
with offers as (    -- with the last day of what came of it: the next offer's day belongs to that one
    select
        patient_id, program_key, occurred_on as offered_on,
        least(
            $as_of, occurred_on + $settle_days,
            lead(occurred_on) over (partition by patient_id, program_key order by occurred_on) - 1
        ) as last_on
    from (
        select distinct patient_id, program_key, occurred_on
        from event
        where kind = 'referral_offered' and occurred_on <= $as_of
    )
),
steps as (
    select patient_id, program_key, occurred_on, kind = 'referral_accepted' as accepted
    from event
    where kind in ('referral_accepted', 'referral_attended', 'group_session_attended')
),
followed as (       -- joined by patient and program alone: by days too it takes fifty times as long
    select
        o.patient_id, o.program_key, o.offered_on,
        min(s.occurred_on) filter (
            where s.accepted and s.occurred_on between o.offered_on and o.last_on
        ) as accepted_on,
        min(s.occurred_on) filter (
            where not s.accepted and s.occurred_on between o.offered_on and o.last_on
        ) as attended_on
    from offers as o
    left join steps as s
        on s.patient_id = o.patient_id and s.program_key is not distinct from o.program_key
    group by o.patient_id, o.program_key, o.offered_on
),
told as (
    select
        f.*,
        coalesce(p.site, '') as site,
        date_trunc('month', f.offered_on) as month,
        datediff('quarter', f.offered_on, $as_of + 1 - $settle_days) as quarters_ago,
        case when quarters_ago between 1 and 4 then 1 when quarters_ago between 5 and 8 then 2 end
            as year
    from followed as f
    join patient as p using (patient_id)
    where quarters_ago <= 8
)
select
    site,
    offered_on,
    -- Whoever came has said yes, whether or not it was written down.
    accepted_on is not null or attended_on is not null as accepted,
    attended_on is not null as attended,
    row_number() over (partition by patient_id, month order by offered_on, program_key) = 1
        as first_of_month,
    case when row_number() over (partition by patient_id, year order by offered_on, program_key) = 1
        then year end as year
from told
order by offered_on, site, patient_id, program_key;
