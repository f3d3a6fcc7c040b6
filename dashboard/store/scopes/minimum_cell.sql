-- The fewest people a number about the whole centre may stand for (disclosure.toml).
create temp table disclosure as select $minimum_cell::integer as minimum_cell;
