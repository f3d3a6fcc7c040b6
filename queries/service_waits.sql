-- purpose: How long people who screened positive waited until somebody contacted them, and until
--          a referral was offered. A wait begins with the first positive screen that no contact
--          has answered, and ends with the contact; or, unanswered, with a later form that is
--          not positive, with the end of care, or with the day looked at.
-- params:  as_of date, settle_days integer
-- returns: site varchar, opened_on date, safety boolean, contacted boolean, days integer,
--          referred boolean, days_to_referral integer, first_of_month boolean, year integer
-- grain:   one row per wait that began in the last eight quarters that had been over for settle_days,
--          or since; `days` and `days_to_referral` are censored where not contacted, not referred.
--          A person's first wait of a month and of a year is marked: `year` is 1 for the last four
--          of those quarters, 2 for the four before, else null
with screens as (
    select
        s.patient_id, s.completed_on,
        bool_or(case c.higher_is
            when 'worse' then s.score >= c.screen_cut_off
            else s.score <= c.screen_cut_off
        end) as positive
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    where c.screen_cut_off is not null and m.domain = 'distress' and s.score is not null
        and s.completed_on <= $as_of
    group by s.patient_id, s.completed_on
),
dangers as (
    select patient_id, from_on as completed_on
    from alert_fact
    where fact = 'safety' and from_on <= $as_of
    group by all
),
judged as (
    select
        patient_id, completed_on,
        coalesce(s.positive, false) or d.patient_id is not null as positive,
        d.patient_id is not null as safety
    from screens as s
    full join dangers as d using (patient_id, completed_on)
),
contacts as (
    select distinct patient_id, occurred_on
    from event
    where kind = 'contact' and occurred_on <= $as_of
),
offers as (
    select distinct patient_id, occurred_on
    from event
    where kind = 'referral_offered' and occurred_on <= $as_of
),
answered as (       -- each with the contact that answered it, else the form that found it over
    select
        j.patient_id, j.completed_on, j.safety,
        if(c.occurred_on > q.completed_on, null, c.occurred_on) as contacted_on,
        if(contacted_on is null, q.completed_on, null) as quiet_on
    from judged as j
    asof left join contacts as c
        on c.patient_id = j.patient_id and c.occurred_on >= j.completed_on
    asof left join (select * from judged where not positive) as q
        on q.patient_id = j.patient_id and q.completed_on > j.completed_on
    where j.positive
),
waits as (          -- what comes while one waits does not begin another wait
    select
        patient_id, contacted_on, quiet_on,
        min(completed_on) as opened_on,
        bool_or(safety) as safety
    from answered
    group by patient_id, contacted_on, quiet_on
),
followed as (
    select
        w.*,
        coalesce(p.site, '') as site,
        least($as_of, if(p.status = 'active', null, p.status_on)) as last_on
    from waits as w
    join patient as p using (patient_id)
),
told as (
    select
        f.*,
        coalesce(f.contacted_on, least(f.quiet_on, f.last_on)) as ended_on,
        o.occurred_on as referred_on,
        date_trunc('month', f.opened_on) as month,
        -- 1 for the last quarter that had been over for so long; 0 and less since
        datediff('quarter', f.opened_on, $as_of + 1 - $settle_days) as quarters_ago,
        case when quarters_ago between 1 and 4 then 1 when quarters_ago between 5 and 8 then 2 end
            as year
    from followed as f
    asof left join offers as o on o.patient_id = f.patient_id and o.occurred_on >= f.opened_on
    where quarters_ago <= 8
)
select
    site,
    opened_on,
    safety,
    contacted_on is not null as contacted,
    greatest(ended_on - opened_on, 0)::integer as days,
    referred_on is not null as referred,
    greatest(coalesce(referred_on, last_on) - opened_on, 0)::integer as days_to_referral,
    row_number() over (partition by patient_id, month order by opened_on, contacted_on) = 1
        as first_of_month,
    case when row_number() over (partition by patient_id, year order by opened_on, contacted_on) = 1
        then year end as year
from told
order by opened_on, site, contacted_on, patient_id;
