import { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { everComes, type Range } from '../core/time-interval.ts';
import { timezone } from './keys.ts';

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  ...['january', 'february', 'march', 'april', 'may', 'june'],
  ...['july', 'august', 'september', 'october', 'november', 'december'],
];

/** One kind of number, as it may be written. */
interface Kind {
  /** `a weekday`, and an example of a range of them. */
  readonly what: string;
  readonly example: string;
  /** What a word stands for, or undefined where it is none. */
  valueOf(word: string): number | undefined;
  /** The word that was probably meant. */
  meant?(word: string): string | undefined;
  /** Why a range of these is none. */
  wrong(range: Range): string | undefined;
}

const numberFrom =
  (least: number, most: number) =>
  (word: string): number | undefined =>
    /^-?\d{1,4}$/.test(word) && Number(word) >= least && Number(word) <= most ? Number(word) : undefined;

const BACKWARDS = 'ends before it begins';

/** What comes round again begins anew: `friday:monday` is two ranges. */
const inOrder =
  (names: readonly string[], first: number, cycle: string) =>
  ({ from, to }: Range): string | undefined => {
    if (from <= to) return undefined;
    const name = (value: number) => names[value - first] ?? '';
    const range = (a: number, b: number) => (a === b ? name(a) : `${name(a)}:${name(b)}`);
    const [end, begin] = [range(from, first + names.length - 1), range(first, to)];
    return `${BACKWARDS}, for the ${cycle} begins with ${names[0]}: write ${end} and ${begin}`;
  };

const named =
  (names: readonly string[]) =>
  (word: string): string | undefined =>
    word.length > 2 ? (names.find((name) => name.startsWith(word)) ?? nearest(word, names)) : undefined;

const placeIn =
  (names: readonly string[], first: number) =>
  (word: string): number | undefined =>
    names.includes(word) ? names.indexOf(word) + first : undefined;

const weekday: Kind = {
  ...{ what: 'weekday', example: 'monday, or monday:friday' },
  valueOf: placeIn(WEEKDAYS, 0),
  meant: named(WEEKDAYS),
  wrong: inOrder(WEEKDAYS, 0, 'week'),
};

const month: Kind = {
  ...{ what: 'month', example: 'march, 3, or march:may' },
  valueOf: (word) => numberFrom(1, 12)(word) ?? placeIn(MONTHS, 1)(word),
  meant: named(MONTHS),
  wrong: inOrder(MONTHS, 1, 'year'),
};

const year: Kind = {
  ...{ what: 'year', example: '2027, or 2027:2029' },
  valueOf: numberFrom(1970, 9999),
  wrong: ({ from, to }) => (from > to ? BACKWARDS : undefined),
};

const SHORTEST_MONTH = 28;

const dayOfMonth: Kind = {
  ...{ what: 'day of the month', example: '1 to 31, -1 for the last, or 1:15' },
  valueOf: (word) => numberFrom(1, 31)(word) ?? numberFrom(-31, -1)(word),
  wrong({ from, to }) {
    if (from < 0 && to > 0) return 'begins at the end of the month and ends at its beginning: write it as two';
    const counted = (day: number) => (day < 0 ? SHORTEST_MONTH + day : day);
    return counted(from) > counted(to) ? BACKWARDS : undefined;
  },
};

/** `monday`, `monday:friday`: one, or a range with both its ends. */
const rangesOf = (kind: Kind, shape: z.ZodType<string | number> = z.union([z.int(), z.string()])) => {
  const range = shape.transform((written, context): Range => {
    const words = String(written)
      .toLowerCase()
      .split(':')
      .map((word) => word.trim());
    const refuse = (message: string, suggestion?: string) => {
      context.addIssue({ code: 'custom', message, params: { suggestion } });
      return z.NEVER;
    };
    const [from, to = from] = words.map(kind.valueOf);
    if (from === undefined || to === undefined || words.length > 2 || words.some((word) => word === '')) {
      const meant = words.map((word) => kind.meant?.(word) ?? '');
      const suggestion = words.length > 2 || meant.includes('') ? undefined : meant.join(':');
      return refuse(`"${written}" is no ${kind.what}: expected ${kind.example}`, suggestion);
    }
    const wrong = kind.wrong({ from, to });
    return wrong === undefined ? { from, to } : refuse(`"${written}" ${wrong}`);
  });
  return z.array(range).min(1).optional();
};

const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** `09:00` → minutes of the day. */
const timeOfDay = () =>
  z
    .string()
    .transform((written, context) => {
      const [whole, hours = '24', minutes = '0'] = TIME.exec(written) ?? [];
      if (whole !== undefined) return Number(hours) * 60 + Number(minutes);
      const suggestion = TIME.test(`0${written}`) ? `0${written}` : undefined;
      const message = `expected a time from 00:00 to 24:00, such as 09:00, got "${written}"`;
      context.addIssue({ code: 'custom', message, params: { suggestion } });
      return z.NEVER;
    })
    .meta({ examples: ['09:00'] });

const time = z
  .strictObject({
    start_time: timeOfDay().describe('When it begins.'),
    end_time: timeOfDay().describe('When it is over; 24:00 is the end of the day.'),
  })
  .superRefine(({ start_time: from, end_time: to }, context) => {
    if (from < to) return;
    const message = 'must be later than start_time; a night is two entries, one to 24:00 and one from 00:00';
    context.addIssue({ code: 'custom', path: ['end_time'], message });
  });

/** One entry of a time interval, as in Alertmanager. Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval */
export const timeIntervalSchema = z
  .strictObject({
    times: z.array(time).min(1).optional().describe('Times of the day; default all of it.'),
    weekdays: rangesOf(weekday, z.string()).describe('Days of the week, as `monday:friday`; default all.'),
    days_of_month: rangesOf(dayOfMonth).describe('Days of the month, as `1:15` or `-1` for its last; default all.'),
    months: rangesOf(month).describe('Months, as `march` or `3:5`; default all.'),
    years: rangesOf(year).describe('Years, as `2027:2029`; default all.'),
    location: timezone().optional().describe('IANA time zone whose clocks it goes by; default the file’s `timezone`.'),
  })
  .superRefine(({ days_of_month: daysOfMonth, months }, context) => {
    if (everComes({ daysOfMonth, months })) return;
    context.addIssue({ code: 'custom', path: ['days_of_month'], message: 'never comes: no such month has such a day' });
  })
  .meta({ id: 'time_interval' });
export type TimeIntervalKeys = z.output<typeof timeIntervalSchema>;
