import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { alertEntrySchema } from '../../src/config/alert-entry.ts';

describe('alertEntrySchema', () => {
  it('says of each key what it is', () => {
    const { properties } = z.toJSONSchema(alertEntrySchema, { io: 'input' });
    for (const [key, schema] of Object.entries(properties ?? {})) expect(schema, key).toHaveProperty('description');
  });

  it.each<[string, object]>([
    ['an unknown key', { name: 'HttpSlow', severty: 'P1' }],
    ['an unknown severity', { name: 'HttpSlow', severity: 'P4' }],
    ['a duration without a unit', { name: 'HttpSlow', for: 5 }],
    ['a label that Outrider sets', { name: 'HttpSlow', labels: { severity: 'x' } }],
    ['no name', { when: 'down' }],
  ])('refuses %s', (_, entry) => {
    expect(alertEntrySchema.safeParse(entry).success).toBe(false);
  });
});
