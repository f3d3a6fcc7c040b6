-- purpose: How a scale stood over patients in each whole month, in all and by group: how many had a
--          score, its quartiles, and how many stood in each piece of the scale.
-- params:  measure_key varchar, scale_key varchar, grouping varchar, as_of date
-- returns: month date, is_total boolean, group_name varchar, scored bigint, unscored bigint,
--          no_form bigint, lower_quartile double, median double, upper_quartile double,
--          begins double[], in_piece bigint[]
-- grain:   one row per month and group in which anybody was expected, and one for everyone; the
--          last 24 months that had ended on as_of. A patient counts once a month, by its last
--          score. grouping is none, site, phase, support or program: site and phase as the
--          patient list says, the others as they stood at the end of that month. Who attended
--          several programs counts in each. A piece begins at each band and at the cut-off.
with chosen as (
    select scale_no, measure_no from scale_number
    where measure_key = $measure_key and scale_key = $scale_key
),
told as (               -- a form came, with a score or too few answers for one; or none came
    select s.patient_month, true as came, s.score
    from month_score as s
    join chosen using (scale_no)
    union all
    select o.patient_month, false, null
    from month_owed as o
    join chosen using (measure_no)
),
expected as (           -- collapsed at once: few scores and groups, many patients
    select
        p.month,
        case $grouping
            when 'site' then p.site
            when 'phase' then p.phase
            when 'support' then p.support
            when 'program' then p.programs
        end as group_keys,
        t.came, t.score, count(*) as patients
    from told as t
    join patient_month as p using (patient_month)
    where p.month < date_trunc('month', $as_of + 1)
        and p.month >= date_trunc('month', $as_of + 1) - interval 24 month
    group by all
),
grouped as (
    select month, true as is_total, '' as group_key, came, score, sum(patients)::bigint as patients
    from expected
    group by all
    union all
    select month, false, group_key, came, score, sum(patients)::bigint
    from (
        select *, unnest(string_split(group_keys, chr(31))) as group_key from expected
        where group_keys is not null
    )
    group by all
),
counted as (
    select
        month, is_total, group_key,
        coalesce(sum(patients) filter (where score is not null), 0)::bigint as scored,
        coalesce(sum(patients) filter (where came and score is null), 0)::bigint as unscored,
        coalesce(sum(patients) filter (where not came), 0)::bigint as no_form
    from grouped
    group by month, is_total, group_key
),
in_order as (           -- up to which place a score stands among them all, counted from 0
    select
        month, is_total, group_key, score,
        sum(patients) over (
            partition by month, is_total, group_key order by score rows unbounded preceding
        )::bigint as until,
        (sum(patients) over (partition by month, is_total, group_key) - 1)::double as last_place
    from grouped
    where score is not null
),
around as (             -- the scores at the places next to each quartile, and where it lies
    select
        month, is_total, group_key,
        any_value(last_place) as last_place,
        min(score) filter (where until > floor(last_place * 0.25)) as below_lower,
        min(score) filter (where until > ceil(last_place * 0.25)) as above_lower,
        min(score) filter (where until > floor(last_place * 0.5)) as below_median,
        min(score) filter (where until > ceil(last_place * 0.5)) as above_median,
        min(score) filter (where until > floor(last_place * 0.75)) as below_upper,
        min(score) filter (where until > ceil(last_place * 0.75)) as above_upper
    from in_order
    group by month, is_total, group_key
),
pieces as (
    select from_score, lead(from_score, 1, 'infinity'::double) over (order by from_score) as below
    from (
        select lower as from_score from band
        where measure_key = $measure_key and scale_key = $scale_key
        union
        select unnest([minimum, screen_cut_off]) from scale
        where measure_key = $measure_key and scale_key = $scale_key
    )
    where from_score is not null
),
placed as (
    select
        c.month, c.is_total, c.group_key, p.from_score,
        coalesce(sum(g.patients), 0)::bigint as patients
    from counted as c
    cross join pieces as p
    left join grouped as g
        on g.month = c.month and g.is_total = c.is_total and g.group_key = c.group_key
        and g.score >= p.from_score and g.score < p.below
    group by c.month, c.is_total, c.group_key, p.from_score
),
listed as (
    select
        month, is_total, group_key,
        list(from_score order by from_score) as begins,
        list(patients order by from_score) as in_piece
    from placed
    group by month, is_total, group_key
)
select
    c.month,
    c.is_total,
    coalesce(g.name, c.group_key) as group_name,
    c.scored,
    c.unscored,
    c.no_form,
    -- between two places in proportion (Hyndman and Fan 1996, type 7)
    below_lower + (above_lower - below_lower) * (last_place * 0.25 % 1) as lower_quartile,
    below_median + (above_median - below_median) * (last_place * 0.5 % 1) as median,
    below_upper + (above_upper - below_upper) * (last_place * 0.75 % 1) as upper_quartile,
    l.begins,
    l.in_piece
from counted as c
join listed as l using (month, is_total, group_key)
left join around using (month, is_total, group_key)
left join program as g on $grouping = 'program' and g.program_key = c.group_key
order by c.is_total desc, group_name, c.month;
