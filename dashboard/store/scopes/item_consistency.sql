-- Cronbach's alpha of scales taken as one, k / (k - 1) x (1 - sum of item variances / variance of
-- the sum), over everyone whoever asks: how exact a questionnaire is does not hang on whose
-- patients one sees, and one number over a hundred forms tells no answer of anybody.
create temp macro item_consistency(as_of, scales) as table
with asked as (
    select distinct measure_key, item_key, reversed, minimum, maximum
    from scale_item
    where list_contains(string_split(scales, ','), measure_key || '/' || scale_key)
),
answered as (
    select
        s.assessment_id, q.item_key,
        case when q.reversed then q.minimum + q.maximum - a.value else a.value end as value
    from asked as q
    join clinical.assessment as s using (measure_key)
    join clinical.answer as a on a.assessment_id = s.assessment_id and a.item_key = q.item_key
    where a.state = 'answered' and s.completed_on <= as_of
),
complete as (
    select assessment_id, sum(value) as total
    from answered
    group by assessment_id
    having count(*) = (select count(*) from asked)
),
spread as (
    select item_key, var_samp(value) as variance
    from answered
    semi join complete using (assessment_id)
    group by item_key
)
select
    (select count(*)::integer from asked) as items,
    (select count(*)::integer from complete) as forms,
    (
        select case when count(*) >= 100 and var_samp(total) > 0 and any_value(k) > 1
            then any_value(k) / (any_value(k) - 1)
                * (1 - any_value(of_items) / var_samp(total)) end
        from complete
        cross join (select count(*) as k, sum(variance) as of_items from spread)
    ) as alpha;
