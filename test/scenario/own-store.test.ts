import { describe, expect, it } from 'vitest';
import type { StoreTrouble } from '../../src/core/store.ts';
import { api, comeUp, database } from '../support/outage.ts';
import { RULES, type Scenario, scenario } from '../support/scenario.ts';

type Said = Pick<StoreTrouble, 'grave' | 'message'>;

/** A watched service whose store says this of itself from a second on. */
function withStore(says: readonly (readonly [number, Said | undefined])[]): Scenario {
  let last: readonly [number, Said | undefined] | undefined;
  let trouble: StoreTrouble | undefined;
  const outage = scenario([database, api], RULES, (now) => {
    const step = says.findLast(([seconds]) => seconds * 1000 <= now.monoMs);
    if (step === last) return trouble;
    if (step?.[1] === undefined) trouble = undefined;
    else trouble = { ...step[1], since: trouble?.since ?? now };
    last = step;
    return trouble;
  });
  comeUp(outage, 'database', 'api');
  return outage;
}

const full: Said = { grave: false, message: 'no room' };
const broken: Said = { grave: true, message: 'set aside' };

describe('trouble of Outrider’s own store', () => {
  it('that passes within a minute is told to nobody', () => {
    const outage = withStore([
      [60, full],
      [110, undefined],
    ]);
    outage.at('5m').told();
  });

  it('that lasts is one alert, about Outrider and no target, with what is wrong', () => {
    const outage = withStore([[60, full]]);
    outage.at('119s').told();
    outage.at('121s').told('firing OutriderStoreFailing');
    const alert = outage.at('121s').alert('OutriderStoreFailing');
    expect(alert?.labels).toEqual({ alertname: 'OutriderStoreFailing', service: 'shop', severity: 'P1' });
    expect(alert?.annotations).toMatchObject({ description: 'no room', evidence: 'no room' });
    expect(alert?.startsAtMs).toBe(Date.UTC(2026, 0, 1, 0, 1));
    outage.at('30m').told();
  });

  it('ends by itself a minute after it is over', () => {
    const outage = withStore([
      [60, full],
      [300, undefined],
    ]);
    outage.at('300s').told('firing OutriderStoreFailing');
    outage.at('355s').told();
    outage.at('362s').told('resolved OutriderStoreFailing');
  });

  it('by which something is lost is told at once', () => {
    withStore([[60, broken]])
      .at('61s')
      .told('firing OutriderStoreFailing');
  });

  it('that comes and goes, and changes its kind, is one alert all the while', () => {
    const outage = withStore([
      [60, full],
      [130, undefined],
      [160, full],
      [200, broken],
      [220, { ...full, grave: true }],
      [400, undefined],
    ]);
    outage.at('399s').told('firing OutriderStoreFailing');
    outage.at('10m').told('resolved OutriderStoreFailing');
  });

  it('is an alert beside that of not seeing anything', () => {
    const outage = withStore([[60, full]]);
    for (let seconds = 60; seconds <= 150; seconds += 10)
      for (const name of ['database', 'api']) outage.at(`${seconds}s`).probe(name).inconclusive();
    outage.at('150s').told('firing OutriderImpaired', 'firing OutriderStoreFailing');
  });
});
