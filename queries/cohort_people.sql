-- purpose: Who the patients are, as far as cohorts can be told apart by it.
-- params:  as_of date
-- returns: patient_id varchar, age integer, sex varchar, diagnosis varchar, stage varchar,
--          phase varchar, site varchar, language varchar, program varchar, program_name varchar,
--          support varchar, sources varchar[]
-- grain:   one row per patient in scope; program is the first one attended, null for none; support
--          is under, over, no_gap or not_judged; sources are those from whom the last grid says
--          that any type of support is received, null where no grid can be read
with attended as (
    select patient_id, arg_min(program_key, (occurred_on, program_key)) as program
    from event
    where kind in ('group_session_attended', 'referral_attended') and program_key is not null
        and occurred_on <= $as_of
    group by patient_id
),
judged as (         -- too little of any type, else too much of any
    select
        patient_id,
        case
            when bool_or(fact in ('under', 'under_item')) then 'under'
            when bool_or(fact = 'over') then 'over'
            else 'no_gap'
        end as support
    from alert_fact
    where fact in ('judged', 'under', 'under_item', 'over')
        and from_on <= $as_of and until_on > $as_of
    group by patient_id
),
given as (
    select
        patient_id,
        coalesce(
            list(distinct source order by source) filter (where source <> '' and received >= (
                select value from rule_value where name = 'received'
            )),
            []
        ) as sources
    from support_cell
    where completed_on <= $as_of and until_on > $as_of
    group by patient_id
)
select
    p.patient_id,
    (year($as_of) - p.birth_year)::integer as age,
    p.sex,
    p.diagnosis,
    p.stage,
    p.phase,
    p.site,
    p.language,
    a.program,
    o.name as program_name,
    coalesce(j.support, 'not_judged') as support,
    g.sources
from patient as p
left join attended as a using (patient_id)
left join program as o on o.program_key = a.program
left join judged as j using (patient_id)
left join given as g using (patient_id)
order by p.patient_id;
