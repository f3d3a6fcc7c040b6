-- When each patient's next form is due, and why (dashboard/mismatch/pathway.toml), with the
-- stretch of days on which that was so. Cut at a day, the stretches give what was known that
-- day. They are kept because the pages that ask must not read every form of a panel again.

delete from next_form;

insert into next_form
with screens as (       -- forms of the scales that screen: those with a cut-off for the worklist
    select
        s.patient_id, s.measure_key, s.scale_key, s.completed_on, s.assessment_id, s.score,
        case c.higher_is
            when 'worse' then s.score >= c.screen_cut_off
            else s.score <= c.screen_cut_off
        end as positive
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    where c.screen_cut_off is not null and m.domain = 'distress'
),
latest as (         -- each score for as long as it is the latest of its scale
    select
        patient_id, positive, completed_on as from_on,
        -- A score of more than a year ago says nothing about today.
        least(coalesce(lead(completed_on) over in_order, date '9999-12-31'), completed_on + 365)
            as until_on
    from screens
    where score is not null
    window in_order as (
        partition by patient_id, measure_key, scale_key order by completed_on, assessment_id
    )
),
changes as (        -- everything that can move the next form, on its day
    select patient_id, completed_on as day, 'form' as change, 0 as positive from screens
    union all by name
    select patient_id, from_on as day, 'answered' as change, positive::integer as positive
    from latest
    union all by name
    select patient_id, until_on as day, 'no_longer_latest' as change, -1 as positive
    from latest where positive
    union all by name
    select patient_id, from_on as day, 'declined' as change
    from alert_fact
    where fact = 'declined'
    union all by name
    select patient_id, occurred_on as day, 'milestone' as change
    from event
    where kind in ('diagnosis', 'surgery', 'treatment_start', 'treatment_end', 'recurrence')
    union all by name       -- from the patient list too: not every centre keeps events
    select
        patient_id, unnest([diagnosed_on, treatment_started_on, treatment_ended_on]) as day,
        'milestone' as change
    from patient
),
by_day as (
    select
        patient_id, day,
        bool_or(change = 'form') as has_form,
        bool_or(change = 'answered') as has_answers,
        bool_or(change = 'declined') as is_declined,
        bool_or(change = 'milestone') as is_milestone,
        coalesce(sum(positive), 0) as positive
    from changes
    where day is not null
    group by patient_id, day
),
known as (
    select
        patient_id, day, is_milestone,
        lead(day, 1, date '9999-12-31') over so_far as until_on,
        max(day) filter (where has_form) over so_far as last_form_on,
        max(day) filter (where is_declined) over so_far as declined_on,
        -- when this person last answered, or said no
        max(day) filter (where has_answers or is_declined) over so_far as seen_on,
        sum(positive) over so_far > 0 as is_positive
    from by_day
    window so_far as (partition by patient_id order by day rows unbounded preceding)
),
asked as (          -- and the first milestone since then: a later one grants no further delay
    select
        *,
        min(day) filter (where is_milestone and day is distinct from seen_on) over (
            partition by patient_id, seen_on order by day rows unbounded preceding
        ) as milestone_on
    from known
),
days as (
    select
        max(days) filter (where rule = 'after_treatment_event') as after_treatment_event,
        max(days) filter (where rule = 'on_treatment') as on_treatment,
        max(days) filter (where rule = 'follow_up') as follow_up,
        max(days) filter (where rule = 'after_positive_screen') as after_positive_screen
    from pathway
),
due as (
    select
        a.*,
        p.phase is not distinct from 'follow_up' as is_followed_up,
        a.milestone_on + d.after_treatment_event as after_milestone,
        case when a.is_positive then a.seen_on + d.after_positive_screen end as after_screen,
        a.seen_on + if(is_followed_up, d.follow_up, d.on_treatment) as in_turn
    from asked as a
    join patient as p using (patient_id)
    cross join days as d
)
select
    patient_id, day as from_on, until_on, last_form_on, declined_on,
    case least(after_milestone, after_screen, in_turn)
        when after_milestone then if(seen_on is null, 'first_form', 'after_treatment_event')
        when after_screen then 'after_positive_screen'
        when in_turn then if(is_followed_up, 'follow_up', 'on_treatment')
    end as due_reason,
    least(after_milestone, after_screen, in_turn) as next_due_on
from due
order by patient_id, from_on;
