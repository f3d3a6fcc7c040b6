-- purpose: How complete the forms are that came in, month by month.
-- params:  as_of date
-- returns: month date, site varchar, measure_key varchar, measure_title varchar, forms bigint,
--          complete_forms bigint, partial_forms bigint, unscored_forms bigint
-- grain:   one row per month, site and measure with any form; site is '' where unknown
with forms as (     -- a form counts once, by its least complete scale
    select
        assessment_id,
        any_value(patient_id) as patient_id,
        any_value(measure_key) as measure_key,
        any_value(completed_on) as completed_on,
        bool_or(status = 'too_few_answers') as unscored,
        bool_or(status <> 'imported' and items_answered < items_total) as incomplete
    from score
    where completed_on <= $as_of
    group by assessment_id
)
select
    date_trunc('month', f.completed_on)::date as month,
    coalesce(p.site, '') as site,
    f.measure_key,
    m.title as measure_title,
    count(*) as forms,
    count(*) filter (where not unscored and not incomplete) as complete_forms,
    count(*) filter (where not unscored and incomplete) as partial_forms,
    count(*) filter (where unscored) as unscored_forms
from forms as f
join patient as p using (patient_id)
join measure as m on m.measure_key = f.measure_key
group by all
order by month, site, f.measure_key;
