import { describe, expect, it } from 'vitest';
import { departed, whyDeparted } from '../../src/correlate/departed.ts';
import { ALERT } from '../support/receiver.ts';
import { aTarget, downSpec } from '../support/targets.ts';

describe('an alert that ends although nothing recovered', () => {
  const api = aTarget('api', { alerts: [downSpec('HttpDown', 'P1')] });
  it.each([
    ['its target left the config', undefined, 'the target is no longer in the config: nobody looks at it any more'],
    [
      'its target is paused',
      { ...api, enabled: false },
      'the target is paused in the config (enabled: false): nobody looks at it now',
    ],
    ['it was taken out', { ...api, alerts: [] }, 'the config has no such alert of this target any more'],
    ['it is still there, hence has recovered', api, undefined],
  ])('says that %s', (_, target, why) => expect(whyDeparted(target, 'HttpDown')).toBe(why));

  it('says the reason before what was last seen, and is the same alert', () => {
    const { annotations, ...rest } = departed(ALERT, 'the target is no longer in the config');
    expect(annotations).toEqual({
      ...ALERT.annotations,
      description: 'the target is no longer in the config; last seen: connection refused by 127.0.0.1:5432',
    });
    expect({ ...rest, annotations: ALERT.annotations }).toEqual(ALERT);
  });
});
