-- The role that Outrider logs in with: it may read the server's statistics and none of the shop's tables.
create role outrider login password 'outrider';
grant pg_monitor to outrider;
