-- purpose: Who does not get the support they need, or needs someone for another reason, as
--          known on one day: each alert with its tier, the path to it and what it rests on.
-- params:  as_of date
-- returns: alert_key varchar, patient_ref varchar, patient_id varchar, rule varchar,
--          rule_version integer, support_type varchar, source_key varchar, tier varchar,
--          tier_path varchar[], raised_on date, holds_since date, assessment_ids bigint[],
--          need double, received double, importance double, gap double, earlier_gap double,
--          missing_from varchar[], visits_running integer, score double, earlier_score double,
--          threshold double, severe boolean, reason varchar, measure_title varchar,
--          item_label varchar
-- grain:   one row per active patient, rule and support type (or scale, or safety item)
with held as (
    select f.*
    from alert_fact as f
    semi join patient as p
        on p.patient_id = f.patient_id and (p.status = 'active' or p.status_on > $as_of)
    where f.from_on <= $as_of and f.until_on > $as_of
),
worse as (          -- reliably worse distress; it raises what else is known of the patient
    select
        patient_id, max(from_on) as worse_on, list(assessment_id) as assessment_ids,
        list(source_key) as scales
    from held
    where fact = 'distress_worse'
    group by patient_id
),
by_type as (        -- what holds for each patient and support type, and the form that judges it
    select
        patient_id, support_type,
        case
            when bool_or(fact = 'high') then 'under_high'
            when bool_or(fact in ('under', 'under_item')) then 'under'
            when bool_or(fact = 'persist') then 'persist'
        end as rule,
        rule <> 'persist' and bool_or(fact = 'persist') as persists,
        bool_or(fact = 'gap_worse') as gap_worse,
        min(raised_on) filter (where fact in ('under', 'persist', 'under_item')) as raised_on,
        max(from_on) filter (where fact <> 'judged') as holds_since,
        list(assessment_id) filter (where fact <> 'judged') as assessment_ids,
        list(earlier_assessment_id) filter (where fact in ('persist', 'gap_worse'))
            as earlier_ids,
        any_value(need) filter (where fact = 'judged') as need,
        any_value(received) filter (where fact = 'judged') as received,
        any_value(importance) filter (where fact = 'judged') as importance,
        any_value(gap) filter (where fact = 'judged') as gap,
        any_value(earlier_gap) filter (where fact = 'judged') as earlier_gap,
        any_value(missing_from) filter (where fact = 'judged') as missing_from,
        any_value(visits_running) as visits_running,
        max(score) filter (where fact = 'under_item') as score,
        case when not bool_or(fact = 'under') then min(source_key) end as source_key
    from held
    where fact in ('judged', 'high', 'under', 'under_item', 'persist', 'gap_worse')
    group by patient_id, support_type
),
never_asked as (    -- a patient without any support grid is not judged either
    select p.patient_id, q.support_type
    from patient as p
    cross join (
        select distinct split_part(item_key, '_', 2) as support_type
        from item where measure_key = 'support_grid'
    ) as q
    -- From the first grid on, each type is judged or not judged on every day.
    anti join (select patient_id from held where fact in ('judged', 'unjudged')) as a
        using (patient_id)
    where p.status = 'active' or p.status_on > $as_of
),
every as (
    select
        b.patient_id, b.rule, b.support_type, b.source_key, b.raised_on,
        -- A worsening counts as news even where the forms of the grid are older.
        greatest(b.holds_since, case when r.raises > 0 then w.worse_on end) as holds_since,
        false as starts_higher, b.persists,
        case when gap_worse then 'gap' when w.patient_id is not null then 'distress' end
            as worse_by,
        list_distinct(list_concat(
            b.assessment_ids, coalesce(b.earlier_ids, []), coalesce(w.assessment_ids, [])
        )) as assessment_ids,
        b.need, b.received, b.importance, b.gap, b.earlier_gap,
        coalesce(b.missing_from, []) as missing_from, b.visits_running, b.score,
        null::double as earlier_score, null::double as threshold, null::boolean as severe,
        null::varchar as reason
    from by_type as b
    join alert_rule as r on r.rule = 'worse'
    left join worse as w using (patient_id)
    where b.rule is not null
    union all by name
    select
        h.patient_id, h.fact as rule, h.support_type, h.source_key, h.raised_on,
        h.from_on as holds_since,
        h.severe or h.reason = 'both' as starts_higher,
        case when h.fact = 'distress' and list_contains(w.scales, h.source_key) then 'distress'
            end as worse_by,
        [h.assessment_id, h.earlier_assessment_id] as assessment_ids,
        h.need, h.received, h.importance, h.gap, h.earlier_gap, h.score, h.earlier_score,
        h.threshold, h.severe, h.reason
    from held as h
    left join worse as w using (patient_id)
    where h.fact in ('over', 'distress', 'safety', 'unjudged')
    union all by name
    select
        patient_id, 'overdue' as rule, next_due_on + 1 as raised_on, next_due_on + 1 as holds_since,
        due_reason = 'after_positive_screen' as starts_higher, []::bigint[] as assessment_ids,
        ($as_of - next_due_on)::double as score, due_reason as reason
    from due_list($as_of)
    where next_due_on < $as_of
    union all by name
    select
        patient_id, 'unjudged' as rule, support_type, []::bigint[] as assessment_ids,
        'never_asked' as reason
    from never_asked
),
graded as (
    select
        e.*,
        case when e.starts_higher then r.level_more else r.level end as first_level,
        coalesce(e.persists, false)::integer as by_persistence,
        case when e.worse_by is not null then w.raises else 0 end as by_worsening,
        case
            when e.rule = 'unjudged' then 0
            when e.rule in ('safety', 'over', 'overdue') then first_level
            -- What rises stops below `immediate`.
            else least(first_level + by_persistence + by_worsening, 3)
        end as level,
        case
            when e.rule = 'unjudged' then ['unjudged']
            else list_filter([
                e.rule || ': ' || tier_name(first_level),
                case when by_persistence > 0 then 'persist: +1' end,
                case when by_worsening > 0
                    then format('worse ({}): +{}', e.worse_by, by_worsening) end
            ], lambda step: step is not null)
        end as tier_path
    from every as e
    left join alert_rule as r using (rule)
    join alert_rule as w on w.rule = 'worse'
)
select
    -- The same episode keeps its key while it escalates, so that what was done about it stays.
    concat_ws('/', p.patient_ref,
        case when g.rule in ('under_high', 'persist') then 'under' else g.rule end,
        coalesce(g.support_type, g.source_key, ''), g.raised_on) as alert_key,
    p.patient_ref,
    p.patient_id,
    g.rule,
    (select max(version) from rule_version) as rule_version,
    g.support_type,
    g.source_key,
    tier_name(g.level) as tier,
    g.tier_path,
    g.raised_on,
    g.holds_since,
    list_filter(g.assessment_ids, lambda id: id is not null) as assessment_ids,
    g.need,
    g.received,
    g.importance,
    g.gap,
    g.earlier_gap,
    g.missing_from,
    g.visits_running,
    g.score,
    g.earlier_score,
    g.threshold,
    g.severe,
    g.reason,
    m.title as measure_title,
    i.label as item_label
from graded as g
join patient as p using (patient_id)
left join item as i on g.rule = 'safety' and i.item_key = g.source_key
left join measure as m
    on m.measure_key = case
        when g.rule = 'safety' then i.measure_key
        else split_part(g.source_key, '/', 1)
    end
order by g.level desc, g.visits_running desc nulls last, g.score desc nulls last,
    p.patient_id, g.rule, g.support_type, g.source_key;
