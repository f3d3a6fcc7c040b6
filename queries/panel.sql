-- purpose: Who needs someone today, and why: one line a patient, most urgent first.
-- params:  as_of date
-- returns: patient_ref varchar, patient_id varchar, initials varchar, age integer, sex varchar,
--          site varchar, phase varchar, diagnosis varchar, nurse varchar, rank integer,
--          safety_title varchar, safety_item varchar, safety_label varchar, safety_answer double,
--          safety_threshold double, safety_message varchar, safety_on date,
--          safety_unanswered boolean, measure_key varchar, scale_key varchar,
--          measure_title varchar, score double, band varchar, cut_off double,
--          cut_off_source varchar, scale_minimum double, scale_maximum double,
--          score_status varchar, completed_on date, above_cut_off boolean,
--          previous_score double, previous_on date, change double, reliable_change double,
--          reliably_worse boolean, reliably_better boolean, recent_on date[],
--          recent_score double[], last_form_on date, days_since integer, next_due_on date,
--          days_overdue integer, due_reason varchar, declined_on date
-- grain:   one row per active patient in scope
with people as (
    select * from patient
    where status = 'active' or status_on > $as_of
),
screened as (       -- forms of the scales that screen: those with a cut-off for the worklist
    select
        s.patient_id, s.assessment_id, s.measure_key, s.scale_key, s.completed_on, s.score,
        s.status, s.band, s.items_answered,
        c.screen_cut_off, c.screen_cut_off_source, c.reliable_change, c.minimum, c.maximum,
        m.title, m.position, c.position as scale_position,
        case c.higher_is when 'worse' then 1 else -1 end as worse_way
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    where c.screen_cut_off is not null and m.domain = 'distress' and s.completed_on <= $as_of
),
by_scale as (       -- the last two scores of each scale, and the last six forms
    select
        patient_id, measure_key, scale_key,
        any_value(title) as title, any_value(position) as position,
        any_value(scale_position) as scale_position,
        any_value(screen_cut_off) as cut_off,
        any_value(screen_cut_off_source) as cut_off_source,
        any_value(reliable_change) as reliable_change,
        any_value(minimum) as minimum, any_value(maximum) as maximum,
        any_value(worse_way) as worse_way,
        arg_max(row(score, band, status, completed_on), (completed_on, assessment_id), 2)
            filter (where score is not null) as last_two,
        arg_max(row(completed_on, score), (completed_on, assessment_id), 6) as last_six
    from screened
    group by patient_id, measure_key, scale_key
),
judged as (
    select
        b.* exclude (last_two, last_six),
        (last_two[1])[1] as score, (last_two[1])[2] as band, (last_two[1])[3] as status,
        (last_two[1])[4] as completed_on,
        (last_two[2])[1] as previous_score, (last_two[2])[4] as previous_on,
        list_reverse(list_transform(last_six, lambda form: form[1])) as recent_on,
        list_reverse(list_transform(last_six, lambda form: form[2])) as recent_score,
        -- A score of more than a year ago says nothing about today.
        completed_on > $as_of - 365 as is_current,
        is_current and (score - cut_off) * worse_way >= 0 as above,
        score - previous_score as change,
        is_current and change * worse_way >= b.reliable_change as worse,
        is_current and change * worse_way <= -b.reliable_change as better
    from by_scale as b
),
lead_scale as (     -- the scale that says most: above and worse, above, worse, then the latest
    select * from judged
    where score is not null
    qualify row_number() over (
        partition by patient_id
        order by coalesce(above, false) and coalesce(worse, false) desc,
            coalesce(above, false) desc, coalesce(worse, false) desc, completed_on desc, position,
            scale_position
    ) = 1
),
safety_answers as (
    select
        a.patient_id, a.item_key, s.completed_on, i.at_least, i.message, i.measure_key, a.value
    from answer as a
    join assessment as s using (assessment_id)
    join safety_item as i using (item_key)
    where s.completed_on <= $as_of and a.state = 'answered'
),
-- The latest answer to each safety item, whatever the total says and however long ago: only
-- another answer takes it off the list. Of two on one day the higher one counts.
safety as (
    select
        patient_id,
        arg_max(
            row(m.title, l.item_key, t.label, l.answered, l.at_least, l.message, l.answered_on),
            (l.answered_on, l.answered, l.item_key)
        ) as worst
    from (
        select
            patient_id, item_key,
            arg_max(value, (completed_on, value)) as answered,
            max(completed_on) as answered_on,
            any_value(at_least) as at_least, any_value(message) as message,
            any_value(measure_key) as measure_key
        from safety_answers
        group by patient_id, item_key
    ) as l
    join measure as m using (measure_key)
    join item as t on t.item_key = l.item_key
    where l.answered >= l.at_least
    group by patient_id
),
latest_safety_form as (
    select
        s.patient_id, s.measure_key,
        arg_max(s.assessment_id, (s.completed_on, s.assessment_id)) as assessment_id
    from assessment as s
    semi join safety_item on safety_item.measure_key = s.measure_key
    where s.completed_on <= $as_of
    group by s.patient_id, s.measure_key
),
unanswered as (     -- a form was handed in, and the safety item on it is blank or declined
    select distinct f.patient_id
    from latest_safety_form as f
    join safety_item as i using (measure_key)
    semi join score as c        -- a form that brought only its total left nothing blank
        on c.assessment_id = f.assessment_id and c.status <> 'imported'
    left join answer as a
        on a.assessment_id = f.assessment_id and a.item_key = i.item_key and a.state = 'answered'
    where a.item_key is null
)
select
    p.patient_ref,
    p.patient_id,
    p.initials,
    (year($as_of) - p.birth_year)::integer as age,
    p.sex,
    p.site,
    p.phase,
    p.diagnosis,
    n.nurse,
    case
        when s.patient_id is not null then 1
        when l.above and l.worse then 2
        when l.above then 3
        when l.worse then 4
        when d.next_due_on < $as_of then 5
        when l.patient_id is null then 7        -- nothing to judge by
        else 6
    end as rank,
    s.worst[1] as safety_title,
    s.worst[2] as safety_item,
    s.worst[3] as safety_label,
    s.worst[4] as safety_answer,
    s.worst[5] as safety_threshold,
    s.worst[6] as safety_message,
    s.worst[7] as safety_on,
    u.patient_id is not null as safety_unanswered,
    l.measure_key,
    l.scale_key,
    l.title as measure_title,
    l.score,
    l.band,
    l.cut_off,
    l.cut_off_source,
    l.minimum as scale_minimum,
    l.maximum as scale_maximum,
    l.status as score_status,
    l.completed_on,
    coalesce(l.above, false) as above_cut_off,
    l.previous_score,
    l.previous_on,
    l.change,
    l.reliable_change,
    coalesce(l.worse, false) as reliably_worse,
    coalesce(l.better, false) as reliably_better,
    l.recent_on,
    l.recent_score,
    d.last_form_on,
    ($as_of - d.last_form_on)::integer as days_since,
    d.next_due_on,
    greatest($as_of - d.next_due_on, 0)::integer as days_overdue,
    d.due_reason,
    d.declined_on
from people as p
left join lead_scale as l using (patient_id)
left join safety as s using (patient_id)
left join unanswered as u using (patient_id)
left join due_list($as_of) as d using (patient_id)
left join nurse_of($as_of) as n using (patient_id)
order by
    rank,
    case when rank = 5 then days_overdue end desc,      -- of late forms, the latest first
    l.score desc nulls last,
    days_overdue desc,
    p.patient_id;
