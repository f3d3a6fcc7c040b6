-- purpose: Desired against received support of each type, beside the distress of the same days
--          (Linden & Vodermaier 2012: only high desire with low receipt went with distress).
-- params:  as_of date
-- returns: patient_ref varchar, patient_id varchar, site varchar, nurse varchar,
--          support_type varchar, completed_on date, need double, received double,
--          measure_key varchar, distress double, cut_off double, distress_on date
-- grain:   one row per patient and type: the latest judged form that has a distress score
--          within the window of the rules; the nearest score counts
with judged as (
    select patient_id, support_type, from_on as completed_on, need, received
    from alert_fact
    where fact = 'judged' and from_on <= $as_of
),
screens as (
    select s.patient_id, s.measure_key, s.completed_on, s.score, c.screen_cut_off, m.position
    from score as s
    join scale as c using (measure_key, scale_key)
    join measure as m using (measure_key)
    where m.domain = 'distress' and c.screen_cut_off is not null and s.score is not null
        and s.completed_on <= $as_of
    -- One scale, so that means are of one thing: the first screening measure the centre uses.
    qualify dense_rank() over (order by m.position, c.position) = 1
)
select
    p.patient_ref,
    p.patient_id,
    p.site,
    n.nurse,
    j.support_type,
    j.completed_on,
    j.need,
    j.received,
    s.measure_key,
    s.score as distress,
    s.screen_cut_off as cut_off,
    s.completed_on as distress_on
from judged as j
join screens as s
    on s.patient_id = j.patient_id
    and abs(s.completed_on - j.completed_on)
        <= (select any_value(value) from rule_value where name = 'distress_window')
join patient as p on p.patient_id = j.patient_id
left join nurse_of($as_of) as n on n.patient_id = j.patient_id
qualify row_number() over (
    partition by j.patient_id, j.support_type
    order by j.completed_on desc, abs(s.completed_on - j.completed_on), s.completed_on desc
) = 1
order by p.patient_id, j.support_type;
