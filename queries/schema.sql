-- The tables of one snapshot. Readers never see them directly, only the scoped views of
-- the same names (dashboard/store/scopes). Dates are local calendar dates of the person who
-- answered; timestamps are UTC. Large tables carry no keys: uniqueness is checked at import.

create table snapshot_info (
    number integer not null,
    parent integer,                     -- the snapshot that `undo` goes back to
    made_at timestamp not null,
    made_by varchar not null,
    reason varchar not null,
    sample boolean not null,            -- synthetic demonstration data, said on every page
    ref_salt varchar not null,          -- makes patient_ref opaque outside this store
    catalogue_version varchar not null,
    schema_mark varchar not null        -- which tables there are (dashboard/store/schema.py)
);

create table import_batch (
    batch_id integer primary key,
    snapshot integer not null,
    imported_at timestamp not null,
    person varchar not null,
    file_name varchar not null,
    file_sha256 varchar not null,
    form varchar not null,              -- csv, excel, redcap or fhir
    rows_read bigint not null,
    rows_accepted bigint not null,
    rows_refused bigint not null,
    duplicates bigint not null,
    notes varchar[] not null
);

create table patient_batches (          -- the batches that brought forms or answers of somebody
    patient_id varchar not null, batch_ids integer[] not null      -- a row a patient and import
);

create table refused_row (
    batch_id integer not null,
    source_row bigint,                  -- null when the reason concerns the file
    column_name varchar not null,
    value varchar not null,
    reason varchar not null,
    what_to_do varchar not null
);

create table refused_lines (            -- the refused rows as they came, to mend and import again
    batch_id integer primary key,
    lines varchar not null
);

create table staff (
    person_id varchar primary key, name varchar, role varchar not null, site varchar,
    batch_id integer, source_row bigint
);

create table program (
    program_key varchar primary key, name varchar, kind varchar, support_types varchar[],
    source varchar, site varchar, batch_id integer, source_row bigint
);

create table resource (                 -- the centre's directory of what can help
    resource_key varchar primary key, name varchar not null, support_types varchar[] not null,
    source varchar, min_age integer, max_age integer,
    languages varchar[] not null,       -- empty lists and nulls are no limit
    site varchar, phases varchar[] not null, capacity varchar, contact varchar,
    program_key varchar,
    withdrawn boolean not null,         -- no longer offered; what was referred to it keeps its name
    batch_id integer, source_row bigint
);

create table patient (
    patient_id varchar primary key,
    patient_ref varchar not null,       -- opaque: the only thing about a patient that a URL carries
    initials varchar, birth_year integer, sex varchar, diagnosis varchar, stage varchar,
    phase varchar, site varchar, language varchar, diagnosed_on date,
    treatment_started_on date, treatment_ended_on date, status varchar, status_on date,
    lives_alone boolean, batch_id integer, source_row bigint
);

create table stand_in (                 -- what stands for a patient where rows name nobody
    patient_id varchar not null, stand_in varchar not null
);

create table panel_assignment (
    person_id varchar not null, patient_id varchar not null, from_on date, until_on date,
    batch_id integer, source_row bigint
);

create table event (
    event_id varchar primary key, patient_id varchar not null, occurred_on date not null,
    kind varchar not null, ended_on date, program_key varchar, person_id varchar, detail varchar,
    batch_id integer, source_row bigint
);

create table assessment (               -- one completed form
    assessment_id bigint not null,
    patient_id varchar not null,
    measure_key varchar not null,
    completed_on date not null,
    completed_at timestamp,             -- only where the file gave a time with its offset
    wave varchar not null,              -- '' where the file names none
    measure_version varchar not null,
    batch_id integer not null,
    source_row bigint not null
);

create table answer (                   -- blank answers have no row; the item list tells what is missing
    patient_id varchar not null,
    assessment_id bigint not null,
    item_key varchar not null,
    value double,                       -- null unless state is 'answered'
    state varchar not null,             -- answered, declined or not_applicable
    batch_id integer not null,
    source_row bigint not null
);

create table stated_score (             -- a score that came ready-made, beside items or instead of them
    assessment_id bigint not null, scale_key varchar not null, value double not null,
    batch_id integer not null, source_row bigint not null
);

create table score (
    patient_id varchar not null,
    assessment_id bigint not null,
    measure_key varchar not null,
    scale_key varchar not null,
    completed_on date not null,
    wave varchar not null,
    score double,                       -- null when status is 'too_few_answers'
    items_answered integer not null,
    items_total integer not null,
    status varchar not null,            -- scored, prorated, too_few_answers or imported
    band varchar,
    stated double,                      -- the ready-made score of the same form, if it had one
    stated_differs boolean not null
);

create table superseded (               -- what a `--supersede` import replaced; nothing is lost
    kind varchar not null, key varchar not null, old_value varchar not null,
    batch_id integer, source_row bigint, replaced_by integer not null
);

-- The catalogue of measures as it was when this snapshot was made.

create table measure (
    measure_key varchar primary key, title varchar not null, version varchar not null,
    domain varchar not null, position integer not null, not_applicable boolean not null
);

create table item (
    item_key varchar primary key, measure_key varchar not null, position integer not null,
    label varchar not null, minimum double not null, maximum double not null,
    whole_numbers boolean not null
);

create table scale (
    measure_key varchar not null, scale_key varchar not null, position integer not null,
    title varchar not null, method varchar not null, multiply double not null,
    items_total integer not null,
    items_needed integer not null,      -- fewest answers that still give a score
    item_minimum double, item_maximum double,
    minimum double not null, maximum double not null,
    higher_is varchar not null, trended boolean not null,
    reliable_change double, reliable_change_source varchar,
    sem double,                         -- standard error of measurement, in score units
    screen_cut_off double, screen_cut_off_source varchar,
    primary key (measure_key, scale_key)
);

create table scale_item (
    measure_key varchar not null, scale_key varchar not null, item_key varchar not null,
    reversed boolean not null, minimum double not null, maximum double not null
);

create table band (
    measure_key varchar not null, scale_key varchar not null, lower double not null,
    upper double not null,              -- exclusive; infinity for the last band
    label varchar not null,
    severe boolean not null
);

create table safety_item (
    measure_key varchar not null, item_key varchar not null, at_least double not null,
    message varchar not null
);

create table pathway (rule varchar primary key, days integer not null);

-- The alert rules, every version that was ever published; the newest one is in force.

create table rule_version (
    version integer primary key, published_at timestamp not null, person varchar not null,
    note varchar not null, rules varchar not null       -- the rules as JSON
);

create table alert_rule (               -- the tiers of the version in force: 1 low … 4 immediate
    rule varchar primary key, level integer not null, level_more integer not null,
    raises integer not null
);

create table rule_value (               -- the thresholds of the version in force, by their names
    name varchar primary key, value double not null
);

create table need_item (                -- items that ask for unmet need outright
    item_key varchar not null, support_type varchar not null
);

create table alert_fact (               -- what alerts rest on: queries/alert_facts.sql
    patient_id varchar not null, fact varchar not null, support_type varchar, source_key varchar,
    from_on date not null, until_on date not null, raised_on date not null,
    assessment_id bigint, earlier_assessment_id bigint, need double, received double,
    importance double, gap double, earlier_gap double, missing_from varchar[],
    visits_running integer,             -- forms on which the gap stood open, up to this one
    score double, earlier_score double, threshold double, severe boolean, reason varchar
);

create table support_cell (             -- the support grids: dashboard/store/support_cells.sql
    patient_id varchar not null, assessment_id bigint not null, completed_on date not null,
    until_on date not null,             -- the day of the next grid
    support_type varchar not null,
    source varchar not null,            -- '' for the type: need, and the most that any source gives
    wanted double, received double, importance double, fit double, not_applicable boolean not null
);

create table next_form (                -- when the next form is due, as known on each day
    patient_id varchar not null, from_on date not null, until_on date not null,
    last_form_on date, declined_on date, due_reason varchar, next_due_on date
);

-- Month by month, for the Trends page: dashboard/store/months.sql. A month goes by its first day.

create table patient_month (            -- who gave a form in a month, or owed one at its end
    patient_month integer not null,     -- in no order that tells an id
    patient_id varchar not null,
    month date not null,
    site varchar not null, phase varchar not null,
    support varchar not null,           -- at the end of the month: under, over, no_gap, not_judged
    programs varchar not null           -- keys of those attended by the end of the month, chr(31)
                                        -- between two
);

create table scale_number (             -- so that millions of rows need not repeat two names
    scale_no smallint not null, measure_no smallint not null,
    measure_key varchar not null, scale_key varchar not null,
    forms bigint not null               -- of everyone, to offer the scales most used first
);

create table month_owed (               -- who had a measure before, owed a form and gave none of it
    measure_no smallint not null, patient_month integer not null
);

create table month_score (              -- the last score of the month; null: forms came, no score
    scale_no smallint not null, patient_month integer not null, score double
);

-- Where patients who began alike stood later: dashboard/store/steps/85_recovery.sql. Numbers
-- about at least twenty patients, so everybody may see them.

create table recovery_band (
    measure_key varchar not null, scale_key varchar not null, start double not null,
    month integer not null, patients integer not null, low80 double not null,
    low50 double not null, median double not null, high50 double not null, high80 double not null
);

create table recovery_check (           -- the same bands against patients left out of them
    measure_key varchar not null, scale_key varchar not null, patients integer not null,
    forms integer not null, below80 integer not null, above80 integer not null
);
