-- Scoring, one statement over the catalogue. Items win over a ready-made score of the same
-- form; both are kept and a difference is flagged. A ready-made score stands alone when the
-- form brought no answers, or only answers to safety items: a half-filled form's total must
-- not slip in as if missing answers were zero.

create temp table to_score as
select a.assessment_id, a.patient_id, a.measure_key, a.completed_on, a.wave
from assessment as a
where getvariable('rescore_all')
    or a.assessment_id in (
        select f.assessment_id from entered_form as f
        join entering as e using (key_id)
        where e.is_new or f.is_new
    );

delete from score where assessment_id in (select assessment_id from to_score);

insert into score
with answered as (
    select
        s.assessment_id,
        i.scale_key,
        count(*) as items_answered,
        sum(case when i.reversed then i.minimum + i.maximum - s.value else s.value end) as total,
        count(*) filter (where safety.item_key is null) as other_than_safety
    from answer as s
    join to_score as t using (assessment_id)
    join scale_item as i on i.measure_key = t.measure_key and i.item_key = s.item_key
    left join (select distinct item_key from safety_item) as safety
        on safety.item_key = s.item_key
    where s.state = 'answered'
    group by s.assessment_id, i.scale_key
),
calculated as (
    select
        t.*,
        c.scale_key, c.items_total,
        coalesce(a.items_answered, 0) as items_answered,
        coalesce(a.other_than_safety, 0) as other_than_safety,
        case
            when a.items_answered is null or a.items_answered < c.items_needed then null
            when c.method = 'sum' then a.total * c.items_total / a.items_answered
            when c.method in ('mean', 'single') then a.total / a.items_answered
            when c.method = 'mean_rescaled_0_100'
                then 100 * (a.total / a.items_answered - c.item_minimum)
                    / (c.item_maximum - c.item_minimum)
        end * c.multiply as from_items,
        r.value as stated
    from to_score as t
    join scale as c using (measure_key)
    left join answered as a
        on a.assessment_id = t.assessment_id and a.scale_key = c.scale_key
    left join stated_score as r
        on r.assessment_id = t.assessment_id and r.scale_key = c.scale_key
    -- A scale without items exists only where a form brought its score.
    where c.items_total > 0 or r.value is not null
),
decided as (
    select
        *,
        case
            when from_items is not null then from_items
            when other_than_safety = 0 then stated
        end as score,
        case
            when from_items is not null and items_answered = items_total then 'scored'
            when from_items is not null then 'prorated'
            when other_than_safety = 0 and stated is not null then 'imported'
            else 'too_few_answers'
        end as status
    from calculated
),
-- A form whose every scale came ready-made has no items to miss, so its unstated scales
-- are not "too few answers": they were simply not exported.
kept as (
    select * from decided
    qualify status <> 'too_few_answers'
        or not bool_or(status = 'imported') over (partition by assessment_id)
        or other_than_safety > 0
)
select
    d.patient_id, d.assessment_id, d.measure_key, d.scale_key, d.completed_on, d.wave,
    d.score, d.items_answered, d.items_total, d.status, b.label, d.stated,
    coalesce(d.from_items is distinct from d.stated and d.stated is not null
        and (d.from_items is null and d.status <> 'imported'
            or abs(d.from_items - d.stated) > 0.005), false)
from kept as d
left join band as b
    on b.measure_key = d.measure_key and b.scale_key = d.scale_key
    and d.score >= b.lower and d.score < b.upper
order by d.patient_id, d.measure_key, d.completed_on;
