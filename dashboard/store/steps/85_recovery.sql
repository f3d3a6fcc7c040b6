-- Where patients who began alike stood later, from the centre's own forms: what a course is
-- held against. One cell for each scale, start score and month.
--
-- Comparable are the patients whose first scores are nearest to the start of the cell: 40 (more
-- where several are as near), or as many fewer, down to 20, as it takes that their first scores
-- lie on average within one standard error of measurement of it (the reliable change over 1.96
-- times the root of 2); none further off than the smallest reliable change. Where there are no
-- 20, there is no cell. Each counts once in a month, by the form nearest to it. Whoever no
-- longer answers is not in it.
--
-- A cell keeps quantiles of those scores. Scores come in whole steps, so tied ones share their
-- mean rank (mid-quantiles: Ma, Genton & Parzen 2011, Ann Inst Stat Math 63:227), and a rank is
-- divided by n + 1, so that the next patient falls below a quantile as often as it says (any
-- rank is as likely as another, as in conformal prediction).
--
-- The same is done five times without a fifth of the patients, whose forms then show whether
-- the bands hold. All this only for measures of which something was scored.

delete from recovery_band where measure_key in (select measure_key from to_score);
delete from recovery_check where measure_key in (select measure_key from to_score);

create temp macro quantile_of(wanted, score, below, next_score, next_below) as case
    when wanted <= min(below) then min(score)
    when wanted >= max(below) then max(score)
    else max(score + (next_score - score) * (wanted - below) / (next_below - below))
        filter (where below <= wanted and wanted < next_below)
end;

create temp table recovery_scale as
select
    measure_key, scale_key, minimum, reliable_change,
    reliable_change / (1.96 * sqrt(2)) as measurement_error,
    -- A start for each point of a scale of 10 to 30 points, else 21 of them.
    case when maximum - minimum between 10 and 30 then 1 else (maximum - minimum) / 20 end as step,
    round((maximum - minimum) / step)::integer as last_place
from scale
semi join to_score using (measure_key)
where trended and higher_is <> 'neither' and reliable_change is not null and maximum > minimum;

create temp table recovery_form as
with months (month, from_month, until_month) as (
    values (1, 0.5, 1.5), (2, 1.5, 2.5), (3, 2.5, 4), (5, 4, 6), (7, 6, 8.5), (10, 8.5, 11.5),
        (13, 11.5, 15), (18, 15, 21), (24, 21, 27)
),
first_form as (
    select
        patient_id, measure_key, scale_key, min(completed_on) as start_on,
        arg_min(score, (completed_on, assessment_id)) as start_score
    from score
    semi join recovery_scale using (measure_key, scale_key)
    where score is not null
    group by all
),
later as (
    select
        f.measure_key, f.scale_key, f.patient_id, s.assessment_id, s.completed_on, s.score,
        -- Half-way is the place above, also where the half is not exact.
        floor(round((f.start_score - c.minimum) / c.step + 0.5, 9))::integer as place,
        (s.completed_on - f.start_on) / (365.25 / 12) as months
    from first_form as f
    join recovery_scale as c using (measure_key, scale_key)
    join score as s using (patient_id, measure_key, scale_key)
    where s.score is not null and s.completed_on > f.start_on
)
select
    l.measure_key, l.scale_key, l.patient_id, l.place, m.month,
    arg_min(l.score, (abs(l.months - m.month), l.completed_on, l.assessment_id)) as score,
    1 + md5_number_lower(l.patient_id) % 5 as fifth
from later as l
join months as m on l.months >= m.from_month and l.months < m.until_month
group by l.measure_key, l.scale_key, l.patient_id, l.place, m.month;

create temp table recovery_cell as      -- left_out 0 is the band of everybody
with counted as (
    select f.measure_key, f.scale_key, o.left_out, f.month, f.place, f.score, count(*) as patients
    from recovery_form as f
    join range(6) as o (left_out) on o.left_out <> f.fifth
    group by all
),
began as (
    select
        measure_key, scale_key, left_out, month, place as began_at, sum(patients) as patients
    from counted
    group by all
),
within_reach as (   -- nearest first: patients up to each distance, and how far off they are
    select
        b.*, p.place, abs(b.began_at - p.place) as distance, c.step, c.measurement_error,
        coalesce(sum(b.patients) over (
            nearest_first range between unbounded preceding and 1 preceding
        ), 0) as nearer,
        sum(b.patients) over nearest_first as up_to_here,
        sum(b.patients * (b.began_at - p.place)) over nearest_first as places_off
    from began as b
    join recovery_scale as c using (measure_key, scale_key)
    join range(31) as p (place)
        on p.place <= c.last_place and abs(b.began_at - p.place) * c.step <= c.reliable_change
    window nearest_first as (
        partition by b.measure_key, b.scale_key, b.left_out, b.month, p.place
        order by abs(b.began_at - p.place)
    )
),
large_enough as (
    select
        measure_key, scale_key, left_out, month, place, max(distance) as furthest,
        max(up_to_here) as all_patients
    from within_reach
    where nearer < 40 and up_to_here >= 20
        and abs(places_off / up_to_here) * step <= measurement_error
    group by all
),
stood as (
    select
        n.measure_key, n.scale_key, n.left_out, n.month, n.place, s.score,
        any_value(e.all_patients) as all_patients, sum(s.patients) as tied
    from large_enough as e
    join within_reach as n
        on n.measure_key = e.measure_key and n.scale_key = e.scale_key
        and n.left_out = e.left_out and n.month = e.month and n.place = e.place
        and n.distance <= e.furthest
    join counted as s
        on s.measure_key = n.measure_key and s.scale_key = n.scale_key
        and s.left_out = n.left_out and s.month = n.month and s.place = n.began_at
    group by all
),
ranked as (
    select
        *,
        (sum(tied) over in_order - (tied - 1) / 2) / (all_patients + 1) as below
    from stood
    window in_order as (
        partition by measure_key, scale_key, left_out, month, place order by score
    )
),
stretches as (
    select
        *,
        lead(score) over in_order as next_score,
        lead(below) over in_order as next_below
    from ranked
    window in_order as (
        partition by measure_key, scale_key, left_out, month, place order by score
    )
)
select
    r.measure_key, r.scale_key, r.left_out, r.month, r.place,
    any_value(c.minimum + c.step * r.place) as start,
    any_value(r.all_patients)::integer as patients,
    quantile_of(0.10, r.score, r.below, r.next_score, r.next_below) as low80,
    quantile_of(0.25, r.score, r.below, r.next_score, r.next_below) as low50,
    quantile_of(0.50, r.score, r.below, r.next_score, r.next_below) as median,
    quantile_of(0.75, r.score, r.below, r.next_score, r.next_below) as high50,
    quantile_of(0.90, r.score, r.below, r.next_score, r.next_below) as high80
from stretches as r
join recovery_scale as c using (measure_key, scale_key)
group by r.measure_key, r.scale_key, r.left_out, r.month, r.place;

insert into recovery_band by name
select
    measure_key, scale_key, start, month, patients, low80, low50, median, high50, high80
from recovery_cell
where left_out = 0
order by all;

insert into recovery_check by name
select
    f.measure_key, f.scale_key,
    count(distinct f.patient_id) as patients,
    count(*) as forms,
    count(*) filter (where f.score < c.low80) as below80,
    count(*) filter (where f.score > c.high80) as above80
from recovery_form as f
join recovery_cell as c
    on c.measure_key = f.measure_key and c.scale_key = f.scale_key and c.left_out = f.fifth
    and c.month = f.month and c.place = f.place
group by f.measure_key, f.scale_key
order by all;
