-- Everything that an alert can rest on, each with the stretch of days on which it held, under
-- the thresholds given (dashboard/mismatch/rules.toml). Cut at a day, the stretches give what
-- was known that day, because each rests only on forms completed by then.
create temp macro alert_facts(
    under_need, under_gap, high_need, high_importance,
    high_gap, distress_window, persist_gap, persist_from_days,
    persist_until_days, clear_gap, clear_gap_twice, worse_gap,
    over_by, valid_days, distress_valid_days, unmet_item,
    first_patient := null, last_patient := null     -- whose facts; everybody's when left out
) as table
with cells as (
    select
        max(value) filter (where name = 'wanted') as wanted,
        max(value) filter (where name = 'received') as received
    from rule_value
),
told as (           -- every support grid, by type
    select
        t.assessment_id, t.patient_id, t.completed_on, t.support_type,
        max(t.wanted) filter (where t.source = '') as need,
        max(t.received) filter (where t.source = '') as received,
        max(t.importance) as importance,
        max(t.fit) as fit,
        list_sort(coalesce(
            list(t.source) filter (
                where t.source <> '' and t.wanted >= c.wanted
                    and not coalesce(t.received >= c.received, false)
            ),
            []
        )) as missing_from
    from support_cell as t
    cross join cells as c
    where first_patient is null or t.patient_id between first_patient and last_patient
    group by t.assessment_id, t.patient_id, t.completed_on, t.support_type
),
form_type as (
    select
        *,
        need - received as gap,
        lead(completed_on) over later as next_on,
        max(completed_on) filter (where gap is not null) over (later rows unbounded preceding)
            as judged_on
    from told
    window later as (partition by patient_id, support_type order by completed_on)
),
judged as (         -- forms that tell both need and receipt, each beside the one before it
    select
        * exclude (next_on),
        least(coalesce(lead(completed_on) over in_order, date '9999-12-31'),
            completed_on + valid_days) as until_on,
        lag(gap) over in_order as earlier_gap,
        lag(completed_on) over in_order as earlier_on,
        lag(assessment_id) over in_order as earlier_assessment_id
    from form_type
    where gap is not null
    window in_order as (partition by patient_id, support_type order by completed_on)
),
fired as (
    select
        *,
        need >= under_need and gap >= under_gap as under_fires,
        gap <= clear_gap or (gap <= clear_gap_twice and earlier_gap <= clear_gap_twice)
            as under_clears,
        (need >= high_need or importance >= high_importance) and gap >= high_gap as high_fires,
        gap >= persist_gap and earlier_gap >= persist_gap
            and completed_on - earlier_on between persist_from_days and persist_until_days
            as persist_fires,
        gap <= clear_gap as persist_clears
    from judged
),
episodes as (       -- a clearing form opens the next episode; a gap of 1 in between keeps it open
    select
        *,
        count(*) filter (where under_clears) over so_far as under_episode,
        count(*) filter (where persist_clears) over so_far as persist_episode
    from fired
    window so_far as (
        partition by patient_id, support_type order by completed_on rows unbounded preceding
    )
),
screens as (
    select
        s.patient_id, s.assessment_id, s.completed_on, s.score,
        s.measure_key || '/' || s.scale_key as source_key,
        c.screen_cut_off,
        case c.higher_is when 'worse' then 1 else -1 end as worse_way,
        c.reliable_change,
        coalesce(b.severe, false) as severe
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    left join band as b
        on b.measure_key = s.measure_key and b.scale_key = s.scale_key and b.label = s.band
    where m.domain = 'distress' and c.screen_cut_off is not null and s.score is not null
        and (first_patient is null or s.patient_id between first_patient and last_patient)
),
screened as (
    select
        *,
        least(coalesce(lead(completed_on) over in_order, date '9999-12-31'),
            completed_on + distress_valid_days) as until_on,
        lag(score) over in_order as earlier_score,
        lag(assessment_id) over in_order as earlier_assessment_id,
        (score - screen_cut_off) * worse_way >= 0 as above,
        (score - lag(score) over in_order) * worse_way >= reliable_change as worse
    from screens
    window in_order as (
        partition by patient_id, source_key order by completed_on, assessment_id
    )
),
screen_runs as (
    select
        *,
        count(*) filter (where not above) over (
            partition by patient_id, source_key order by completed_on, assessment_id
            rows unbounded preceding
        ) as run
    from screened
),
high_since as (     -- the day from which a wide gap and raised distress were both known
    select
        e.patient_id, e.support_type, e.completed_on,
        greatest(e.completed_on, min(s.completed_on)) as high_on
    from episodes as e
    join screened as s
        on s.patient_id = e.patient_id and s.above
        and s.completed_on between e.completed_on - distress_window
            and e.completed_on + distress_window
    where e.high_fires
    group by e.patient_id, e.support_type, e.completed_on
),
under_stretches as (
    select
        e.*,
        min(e.completed_on) filter (where e.under_fires) over this_episode as raised_on,
        min(h.high_on) over this_episode as high_on
    from episodes as e
    left join high_since as h using (patient_id, support_type, completed_on)
    window this_episode as (
        partition by e.patient_id, e.support_type, e.under_episode order by e.completed_on
        rows unbounded preceding
    )
),
cleared as (        -- the form on which a gap that stood open was found closed
    select
        e.patient_id, e.support_type, e.completed_on, e.assessment_id, e.need, e.received, e.gap,
        max(s.raised_on) as raised_on
    from episodes as e
    join under_stretches as s
        on s.patient_id = e.patient_id and s.support_type = e.support_type
        and s.under_episode = e.under_episode - 1 and s.raised_on is not null
    where e.under_clears
    group by all
),
persist_stretches as (
    select
        *,
        min(completed_on) filter (where persist_fires) over (
            partition by patient_id, support_type, persist_episode order by completed_on
            rows unbounded preceding
        ) as raised_on
    from episodes
),
over_forms as (     -- fit says "too much", or more was received than needed on two forms running
    select
        *,
        coalesce(fit = 2, false) as too_much,
        coalesce(-gap >= over_by and -earlier_gap >= over_by, false) as twice
    from judged
),
over_runs as (
    select
        *,
        count(*) filter (where not too_much and not twice) over (
            partition by patient_id, support_type order by completed_on rows unbounded preceding
        ) as run
    from over_forms
),
item_answers as (   -- items that ask for unmet need outright
    select a.assessment_id, n.support_type, max(a.value) as score
    from answer as a
    join need_item as n using (item_key)
    where first_patient is null or a.patient_id between first_patient and last_patient
    group by a.assessment_id, n.support_type
),
item_forms as (     -- a form that leaves them blank ends what an earlier one said
    select
        s.patient_id, s.assessment_id, s.completed_on, s.measure_key as source_key,
        n.support_type, a.score
    from assessment as s
    join (
        select distinct i.measure_key, n.support_type
        from need_item as n
        join item as i using (item_key)
    ) as n using (measure_key)
    left join item_answers as a
        on a.assessment_id = s.assessment_id and a.support_type = n.support_type
    where first_patient is null or s.patient_id between first_patient and last_patient
    qualify row_number() over (
        partition by s.patient_id, s.measure_key, n.support_type, s.completed_on
        order by s.assessment_id desc
    ) = 1
),
item_runs as (
    select
        *,
        least(coalesce(lead(completed_on) over in_order, date '9999-12-31'),
            completed_on + valid_days) as until_on,
        count(*) filter (where coalesce(score, 0) < unmet_item) over (
            in_order rows unbounded preceding
        ) as run
    from item_forms
    window in_order as (
        partition by patient_id, source_key, support_type order by completed_on, assessment_id
    )
),
safety_answers as (     -- of two answers on one day the higher counts
    select
        s.patient_id, a.item_key as source_key, s.completed_on,
        arg_max(s.assessment_id, (a.value, s.assessment_id)) as assessment_id,
        max(a.value) as score,
        any_value(i.at_least) as threshold
    from answer as a
    join assessment as s using (assessment_id)
    join safety_item as i using (item_key)
    where a.state = 'answered'
        and (first_patient is null or a.patient_id between first_patient and last_patient)
    group by s.patient_id, a.item_key, s.completed_on
),
safety_runs as (
    select
        *,
        -- However long ago: only another answer takes it off the list.
        coalesce(lead(completed_on) over in_order, date '9999-12-31') as until_on,
        count(*) filter (where score < threshold) over (in_order rows unbounded preceding) as run
    from safety_answers
    window in_order as (partition by patient_id, source_key order by completed_on)
),
declined_forms as (     -- answers were declined and none was given: that moves the next form on
    select s.patient_id, s.assessment_id, s.completed_on
    from assessment as s
    join measure as m using (measure_key)
    where m.domain = 'distress'
        and (first_patient is null or s.patient_id between first_patient and last_patient)
        and s.assessment_id in (select assessment_id from answer where state = 'declined')
        and s.assessment_id not in (select assessment_id from answer where state <> 'declined')
),
facts as (
    select
        patient_id, 'under' as fact, support_type, null::varchar as source_key,
        completed_on as from_on, until_on, raised_on, assessment_id, earlier_assessment_id, need,
        received, importance, gap, earlier_gap, missing_from,
        count(*) over (
            partition by patient_id, support_type, under_episode order by completed_on
            rows unbounded preceding
        )::integer as visits_running,
        null::double as score, null::double as earlier_score, under_gap as threshold,
        null::boolean as severe, null::varchar as reason
    from under_stretches
    where raised_on is not null
    union all by name
    select
        patient_id, 'judged' as fact, support_type, completed_on as from_on, until_on,
        completed_on as raised_on, assessment_id, need, received, importance, gap, earlier_gap,
        missing_from
    from judged
    union all by name
    select
        patient_id, 'cleared' as fact, support_type, completed_on as from_on,
        date '9999-12-31' as until_on, raised_on, assessment_id, need, received, gap
    from cleared
    union all by name
    select
        patient_id, 'high' as fact, support_type, greatest(completed_on, high_on) as from_on,
        until_on, high_on as raised_on, assessment_id, need, received, importance, gap,
        high_gap as threshold
    from under_stretches
    where raised_on is not null and high_on < until_on
    union all by name
    select
        patient_id, 'persist' as fact, support_type, completed_on as from_on, until_on, raised_on,
        assessment_id, earlier_assessment_id, need, received, importance, gap, earlier_gap,
        missing_from, persist_gap as threshold
    from persist_stretches
    where raised_on is not null
    union all by name
    select
        patient_id, 'gap_worse' as fact, support_type, completed_on as from_on, until_on,
        completed_on as raised_on, assessment_id, earlier_assessment_id, gap, earlier_gap,
        worse_gap as threshold
    from judged
    where gap - earlier_gap >= worse_gap
    union all by name
    select
        patient_id, 'over' as fact, support_type, completed_on as from_on, until_on,
        min(completed_on) over (partition by patient_id, support_type, run) as raised_on,
        assessment_id, earlier_assessment_id, need, received, importance, gap, earlier_gap,
        over_by as threshold,
        case when too_much and twice then 'both' when too_much then 'fit' else 'amount' end
            as reason
    from (select * from over_runs where too_much or twice)
    union all by name
    select
        patient_id, 'under_item' as fact, support_type, source_key, completed_on as from_on,
        until_on,
        min(completed_on) over (partition by patient_id, source_key, support_type, run)
            as raised_on,
        assessment_id, score, unmet_item as threshold
    from (select * from item_runs where score >= unmet_item)
    union all by name
    select
        patient_id, 'distress' as fact, source_key, completed_on as from_on, until_on,
        min(completed_on) over (partition by patient_id, source_key, run) as raised_on,
        assessment_id, earlier_assessment_id, score, earlier_score, screen_cut_off as threshold,
        severe
    from (select * from screen_runs where above)
    union all by name
    select
        patient_id, 'distress_worse' as fact, source_key, completed_on as from_on, until_on,
        completed_on as raised_on, assessment_id, earlier_assessment_id, score, earlier_score,
        reliable_change as threshold
    from screened
    where worse
    union all by name
    select
        patient_id, 'safety' as fact, source_key, completed_on as from_on, until_on,
        min(completed_on) over (partition by patient_id, source_key, run) as raised_on,
        assessment_id, score, threshold
    from (select * from safety_runs where score >= threshold)
    union all by name
    -- Since the first silent form, or since the last judgement grew too old.
    select
        patient_id, 'unjudged' as fact, support_type, completed_on as from_on,
        coalesce(next_on, date '9999-12-31') as until_on,
        least(
            min(completed_on) over (partition by patient_id, support_type, judged_on),
            judged_on + valid_days
        ) as raised_on,
        assessment_id, need, received,
        case when need is null then 'need_missing' else 'received_missing' end as reason
    from (select * from form_type where gap is null)
    union all by name
    select
        patient_id, 'unjudged' as fact, support_type, completed_on + valid_days as from_on,
        coalesce(next_on, date '9999-12-31') as until_on, completed_on + valid_days as raised_on,
        assessment_id, need, received, gap, 'too_old' as reason
    from form_type
    where gap is not null
    union all by name
    -- Kept here because a page must not read every answer of a panel to find these few.
    select
        patient_id, 'declined' as fact, completed_on as from_on, date '9999-12-31' as until_on,
        completed_on as raised_on, assessment_id
    from declined_forms
)
select
    patient_id, fact, support_type, source_key, from_on, until_on, raised_on, assessment_id,
    earlier_assessment_id, need, received, importance, gap, earlier_gap, missing_from,
    visits_running, score, earlier_score, threshold, severe, reason
from facts
where from_on < until_on;
