const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
type DurationUnit = keyof typeof UNIT_MS;

const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/y;

/** Milliseconds of a duration written as in Prometheus (`15s`, `1h30m`, `1.5s`), or undefined where it is none. */
export function parseDurationMs(text: string): number | undefined {
  let total = 0;
  PART.lastIndex = 0;
  if (text === '') return undefined;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    total += Number(part[1]) * UNIT_MS[part[2] as DurationUnit];
  }
  return total;
}

/** The shortest writing of a duration in milliseconds: `1h30m`, `15s`, `250ms`. */
export function formatDuration(ms: number): string {
  let rest = Math.round(ms);
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms'] as const) {
    const count = Math.floor(rest / UNIT_MS[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * UNIT_MS[unit];
  }
  return text;
}
