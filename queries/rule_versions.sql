-- purpose: Every version of the alert rules that was ever in force, and why it was published.
-- params:  none
-- returns: version integer, published_at timestamp, person varchar, note varchar, rules varchar
-- grain:   one row per version, newest first; `rules` is JSON
select version, published_at, person, note, rules
from rule_version
order by version desc;
