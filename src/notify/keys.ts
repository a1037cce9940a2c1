import { z } from 'zod';
import { duration } from '../core/schema.ts';
import { templateText } from './text/template.ts';

/** The keys of receivers whose messages tell of groups. */
export const groupKeys = {
  group_by: z
    .array(z.string().min(1))
    .optional()
    .describe('Labels whose values make a group; without it a group is a root cause with what it explains.'),
  group_wait: duration()
    .optional()
    .describe('How long a group’s first message waits for more of it; default 5s, and 0s for the gravest severity.'),
  group_interval: duration().optional().describe('How far apart messages of one group are at least; default 5m.'),
  repeat_interval: duration()
    .optional()
    .describe('How often a group that goes on without a change is told again; default 4h.'),
};

/** The keys of receivers that reach people. */
export const peopleKeys = {
  ...groupKeys,
  hold: duration()
    .optional()
    .describe('How long an alert must last before it is told here; default that of its target, else of its severity.'),
};

/** Words of one’s own, for receivers whose messages have a title and a text. */
export const templateKeys = {
  template: z
    .strictObject({
      title: templateText().optional().describe('The title, on one line.'),
      text: templateText().optional().describe('What stands below the title.'),
    })
    .optional()
    .describe('Words of one’s own instead of ours, in Mustache’s language.'),
};
