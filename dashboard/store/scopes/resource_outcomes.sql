-- What became of the whole centre's support gaps in which a resource was offered and taken up,
-- whoever asks: one nurse's panel is too small to say anything. A count from 1 to one below
-- `minimum_cell` is hidden, and so is a median over fewer, because either could be about one
-- known person.
create temp macro resource_outcomes(as_of) as table
with opened as (
    select patient_id, support_type, raised_on
    from clinical.alert_fact
    where fact = 'under' and from_on <= as_of
    group by all
),
met as (
    select patient_id, support_type, raised_on, min(from_on) as met_on
    from clinical.alert_fact
    where fact = 'cleared' and from_on <= as_of
    group by all
),
followed as (       -- each opening with each resource that was offered or taken up during it
    select
        o.patient_id, o.support_type, o.raised_on, r.resource_key, any_value(m.met_on) as met_on,
        bool_or(e.kind = 'referral_offered') as offered,
        bool_or(e.kind <> 'referral_offered') as taken_up
    from opened as o
    left join met as m using (patient_id, support_type, raised_on)
    join clinical.resource as r on list_contains(r.support_types, o.support_type)
    join clinical.event as e
        on e.patient_id = o.patient_id and e.program_key = r.program_key
        and e.kind in ('referral_offered', 'referral_attended', 'group_session_attended')
        and e.occurred_on between o.raised_on and coalesce(m.met_on, as_of)
    group by o.patient_id, o.support_type, o.raised_on, r.resource_key
),
counted as (
    select
        r.resource_key, t.support_type,
        count(*) filter (where f.offered)::integer as offered,
        count(*) filter (where f.taken_up)::integer as taken_up,
        count(*) filter (where f.taken_up and f.met_on is not null)::integer as met,
        median(f.met_on - f.raised_on) filter (where f.taken_up and f.met_on is not null)
            as median_days
    from clinical.resource as r
    cross join unnest(r.support_types) as t (support_type)
    left join followed as f
        on f.resource_key = r.resource_key and f.support_type = t.support_type
    -- What becomes of a resource without a program is not known here, which is not "never".
    where r.program_key is not null
    group by r.resource_key, t.support_type
)
select
    resource_key,
    support_type,
    case when offered not between 1 and minimum_cell - 1 then offered end as offered,
    case when taken_up not between 1 and minimum_cell - 1 then taken_up end as taken_up,
    case when taken_up not between 1 and minimum_cell - 1
        and met not between 1 and minimum_cell - 1
        and taken_up - met not between 1 and minimum_cell - 1 then met end as met,
    case when met >= minimum_cell then median_days end as median_days
from counted
cross join disclosure;
