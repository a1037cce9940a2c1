import { describe, expect, it } from 'vitest';
import { api, comeUp, database, goDown, recover } from '../support/outage.ts';
import { matcher, scenario } from '../support/scenario.ts';

describe('a silence', () => {
  it('keeps an alert from being told, and lets it be told when it ends', () => {
    const quiet = scenario([database]);
    comeUp(quiet, 'database');
    quiet.at('5s').silence([matcher('target', 'database')], '1m');
    goDown(quiet, 10, 'database');
    expect(quiet.at('20s').states).toEqual({ 'PostgresDown/database': 'silenced' });
    expect(quiet.at('20s').because('PostgresDown/database')).toContain('of alice');
    quiet.at('64s').told();
    quiet.at('65s').told('firing PostgresDown/database');
  });

  it('of an alert that was told lets its end through', () => {
    const quiet = scenario([database]);
    comeUp(quiet, 'database');
    goDown(quiet, 10, 'database');
    quiet.at('12s').told('firing PostgresDown/database');
    quiet.at('15s').silence([matcher('alertname', 'Postgres.*', true)], '1h');
    expect(quiet.at('16s').states).toEqual({ 'PostgresDown/database': 'silenced' });
    recover(quiet, 20, 'database');
    quiet.at('30s').told('resolved PostgresDown/database');
  });

  it('on a root covers nothing: its symptoms are told', () => {
    const quiet = scenario([database, api]);
    comeUp(quiet, 'database', 'api');
    quiet.at('5s').silence([matcher('target', 'database')], '1h');
    goDown(quiet, 10, 'database');
    goDown(quiet, 12, 'api');
    quiet.at('14s').told('firing HttpDown/api');
  });

  it('of what began and ended in it tells nobody anything', () => {
    const quiet = scenario([database]);
    comeUp(quiet, 'database');
    quiet.at('5s').silence([matcher('target', 'database')], '1h');
    goDown(quiet, 10, 'database');
    recover(quiet, 20, 'database');
    quiet.at('2h').told();
  });
});

describe('a maintenance', () => {
  it('covers its target and what fails because of it, and what outlives it is told at its end', () => {
    const planned = scenario([database, api]);
    comeUp(planned, 'database', 'api');
    planned.at('5s').maintain(['database'], '1m');
    goDown(planned, 10, 'database');
    goDown(planned, 12, 'api');
    expect(planned.at('14s').states).toEqual({ 'PostgresDown/database': 'silenced', 'HttpDown/api': 'suppressed' });
    planned.at('64s').told();
    planned.at('65s').toldGravely('firing PostgresDown/database P0');
    expect(planned.at('66s').states).toMatchObject({ 'HttpDown/api': 'suppressed' });
  });

  it('lets the end through of what was told before it', () => {
    const planned = scenario([database]);
    comeUp(planned, 'database');
    goDown(planned, 10, 'database');
    planned.at('12s').told('firing PostgresDown/database');
    planned.at('15s').maintain(['database'], '1h');
    recover(planned, 20, 'database');
    planned.at('30s').told('resolved PostgresDown/database');
  });
});
