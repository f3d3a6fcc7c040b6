-- purpose: Which scales can be followed over time here, and what is needed to read them.
-- params:  none
-- returns: measure_key varchar, measure_title varchar, domain varchar, scale_key varchar,
--          scale_title varchar, higher_is varchar, minimum double, maximum double,
--          cut_off double, cut_off_source varchar, sem double, reliable_change double,
--          reliable_change_source varchar, bands varchar[], band_begins double[]
-- grain:   one row per trended scale of which any form came, the most used first within a domain
with banded as (
    select
        measure_key, scale_key,
        list(label order by lower) as bands,
        list(lower order by lower) as band_begins
    from band
    group by measure_key, scale_key
)
select
    m.measure_key,
    m.title as measure_title,
    m.domain,
    c.scale_key,
    c.title as scale_title,
    c.higher_is,
    c.minimum,
    c.maximum,
    c.screen_cut_off as cut_off,
    c.screen_cut_off_source as cut_off_source,
    c.sem,
    c.reliable_change,
    c.reliable_change_source,
    coalesce(b.bands, []) as bands,
    coalesce(b.band_begins, []) as band_begins
from scale_number as n
join scale as c using (measure_key, scale_key)
join measure as m using (measure_key)
left join banded as b using (measure_key, scale_key)
order by m.domain, n.forms desc, m.position, c.position;
