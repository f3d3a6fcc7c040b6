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
tiers as (
    select rule, level, level_more from alert_rule
),
running as (        -- forms in a row on which this gap stood open
    select patient_id, support_type, raised_on, count(*)::integer as visits
    from alert_fact
    where fact = 'under' and from_on <= $as_of
    group by patient_id, support_type, raised_on
),
worse_patient as (
    select
        patient_id, max(from_on) as worse_on, list(distinct assessment_id) as assessment_ids
    from held where fact = 'distress_worse'
    group by patient_id
),
by_type as (        -- what holds for each patient and support type
    select
        patient_id, support_type,
        bool_or(fact = 'high') as high,
        bool_or(fact = 'under') as under,
        bool_or(fact = 'under_item') as by_item,
        bool_or(fact = 'persist') as persist,
        bool_or(fact = 'gap_worse') as gap_worse,
        min(raised_on) filter (where fact in ('under', 'persist', 'under_item')) as raised_on,
        max(from_on) as holds_since,
        list(distinct assessment_id) as assessment_ids,
        list(distinct earlier_assessment_id) filter (where fact in ('persist', 'gap_worse'))
            as earlier_ids,
        max(score) filter (where fact = 'under_item') as score,
        case when not bool_or(fact = 'under') then min(source_key) end as source_key,
        min(raised_on) filter (where fact = 'under') as under_since
    from held
    where fact in ('high', 'under', 'under_item', 'persist', 'gap_worse')
    group by patient_id, support_type
),
support as (
    select
        b.*,
        case
            when high then 'under_high'
            when under or by_item then 'under'
            else 'persist'
        end as rule,
        (rule <> 'persist' and persist)::integer as raised_by_persistence,
        (gap_worse or w.patient_id is not null)::integer
            * (select any_value(raises) from alert_rule where rule = 'worse')
            as raised_by_worsening,
        w.worse_on,
        coalesce(w.assessment_ids, []) as worse_ids
    from by_type as b
    left join worse_patient as w using (patient_id)
    where high or under or by_item or persist
),
support_alerts as (
    select
        s.patient_id, s.rule, s.support_type, s.source_key, s.raised_on,
        -- A worsening counts as news even where the forms of the grid are older.
        case
            when raised_by_worsening > 0 then greatest(s.holds_since, s.worse_on)
            else s.holds_since
        end as holds_since,
        least(t.level + raised_by_persistence + raised_by_worsening, 3) as level,
        list_filter([
            s.rule || ': ' || tier_name(t.level),
            case when raised_by_persistence > 0 then 'persist: +1' end,
            case when raised_by_worsening > 0 then format(
                'worse ({}): +{}', case when gap_worse then 'gap' else 'distress' end,
                raised_by_worsening
            ) end
        ], lambda step: step is not null) as tier_path,
        list_distinct(list_concat(s.assessment_ids, coalesce(s.earlier_ids, []), s.worse_ids))
            as assessment_ids,
        j.need, j.received, j.importance, j.gap, j.earlier_gap,
        coalesce(j.missing_from, []) as missing_from,
        r.visits as visits_running, s.score
    from support as s
    join tiers as t using (rule)
    left join held as j     -- the form that judges the type today
        on j.fact = 'judged' and j.patient_id = s.patient_id and j.support_type = s.support_type
    left join running as r
        on r.patient_id = s.patient_id and r.support_type = s.support_type
        and r.raised_on = s.under_since
),
over_alerts as (
    select
        h.patient_id, 'over' as rule, h.support_type, h.raised_on, h.from_on as holds_since,
        case when h.reason = 'both' then t.level_more else t.level end as level,
        ['over: ' || tier_name(case when h.reason = 'both' then t.level_more else t.level end)]
            as tier_path,
        list_filter([h.assessment_id, h.earlier_assessment_id], lambda id: id is not null)
            as assessment_ids,
        h.need, h.received, h.importance, h.gap, h.earlier_gap, h.threshold, h.reason
    from held as h
    join tiers as t on t.rule = 'over'
    where h.fact = 'over'
),
distress_alerts as (
    select
        h.patient_id, 'distress' as rule, h.source_key, h.raised_on, h.from_on as holds_since,
        least(
            case when h.severe then t.level_more else t.level end
            + (w.patient_id is not null)::integer * r.raises,
            3
        ) as level,
        list_filter([
            'distress: ' || tier_name(case when h.severe then t.level_more else t.level end),
            case when w.patient_id is not null and r.raises > 0
                then format('worse (distress): +{}', r.raises) end
        ], lambda step: step is not null) as tier_path,
        list_filter([h.assessment_id, h.earlier_assessment_id], lambda id: id is not null)
            as assessment_ids,
        h.score, h.earlier_score, h.threshold, h.severe
    from held as h
    join tiers as t on t.rule = 'distress'
    join alert_rule as r on r.rule = 'worse'
    left join (
        select distinct patient_id, source_key from held where fact = 'distress_worse'
    ) as w on w.patient_id = h.patient_id and w.source_key = h.source_key
    where h.fact = 'distress'
),
safety_alerts as (
    select
        h.patient_id, 'safety' as rule, h.source_key, h.raised_on, h.from_on as holds_since,
        t.level, ['safety: ' || tier_name(t.level)] as tier_path,
        [h.assessment_id] as assessment_ids, h.score, h.threshold
    from held as h
    join tiers as t on t.rule = 'safety'
    where h.fact = 'safety'
),
overdue_alerts as (
    select
        d.patient_id, 'overdue' as rule, d.next_due_on + 1 as raised_on,
        d.next_due_on + 1 as holds_since,
        case when d.due_reason = 'after_positive_screen' then t.level_more else t.level end
            as level,
        ['overdue: ' || tier_name(
            case when d.due_reason = 'after_positive_screen' then t.level_more else t.level end
        )] as tier_path,
        []::bigint[] as assessment_ids,
        ($as_of - d.next_due_on)::double as score, d.due_reason as reason
    from due_list($as_of) as d
    join tiers as t on t.rule = 'overdue'
    where d.next_due_on < $as_of
),
never_asked as (    -- a patient without any support grid is not judged either
    select p.patient_id, q.support_type
    from patient as p
    cross join (
        select distinct split_part(item_key, '_', 2) as support_type
        from item where measure_key = 'support_grid'
    ) as q
    anti join (
        select distinct patient_id from assessment
        where measure_key = 'support_grid' and completed_on <= $as_of
    ) as a using (patient_id)
    where p.status = 'active' or p.status_on > $as_of
),
unjudged as (
    select
        patient_id, 'unjudged' as rule, support_type, raised_on, from_on as holds_since,
        0 as level, ['unjudged'] as tier_path, [assessment_id] as assessment_ids, need, received,
        gap, reason
    from held where fact = 'unjudged'
    union all by name
    select
        patient_id, 'unjudged' as rule, support_type, 0 as level, ['unjudged'] as tier_path,
        []::bigint[] as assessment_ids, 'never_asked' as reason
    from never_asked
),
every as (
    select * from support_alerts
    union all by name select * from over_alerts
    union all by name select * from distress_alerts
    union all by name select * from safety_alerts
    union all by name select * from overdue_alerts
    union all by name select * from unjudged
)
select
    -- The same episode keeps its key while it escalates, so that what was done about it stays.
    concat_ws('/', p.patient_ref,
        case when e.rule in ('under_high', 'persist') then 'under' else e.rule end,
        coalesce(e.support_type, e.source_key, ''), e.raised_on) as alert_key,
    p.patient_ref,
    p.patient_id,
    e.rule,
    (select max(version) from rule_version) as rule_version,
    e.support_type,
    e.source_key,
    tier_name(e.level) as tier,
    e.tier_path,
    e.raised_on,
    e.holds_since,
    e.assessment_ids,
    e.need,
    e.received,
    e.importance,
    e.gap,
    e.earlier_gap,
    e.missing_from,
    e.visits_running,
    e.score,
    e.earlier_score,
    e.threshold,
    e.severe,
    e.reason,
    m.title as measure_title,
    i.label as item_label
from every as e
join patient as p using (patient_id)
left join item as i on e.rule = 'safety' and i.item_key = e.source_key
left join measure as m
    on m.measure_key = case
        when e.rule = 'safety' then i.measure_key
        else split_part(e.source_key, '/', 1)
    end
order by e.level desc, e.visits_running desc nulls last, e.score desc nulls last,
    p.patient_id, e.rule, e.support_type, e.source_key;
