import type { MetricsFormat } from './view.ts';

interface Choice {
  readonly value: string;
  readonly quality: number;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The entries of an `Accept` or `Accept-Encoding` header, as RFC 9110 §12.4 writes them; what does not parse has quality 0. */
function choicesOf(header: string): readonly Choice[] {
  return header.split(',').map((entry) => {
    const [value = '', ...rest] = entry.split(';').map((part) => part.trim());
    const parameters = Object.fromEntries(
      rest.map((part) => {
        const [name = '', text = ''] = part.split('=');
        return [name.trim().toLowerCase(), text.trim().replace(/^"(.*)"$/, '$1')];
      }),
    );
    const quality = Number(parameters['q'] ?? 1);
    return { value: value.toLowerCase(), parameters, quality: quality >= 0 && quality <= 1 ? quality : 0 };
  });
}

const TEXT: ReadonlySet<string> = new Set(['text/plain', 'text/*', '*/*']);
const OPENMETRICS_VERSIONS: ReadonlySet<string | undefined> = new Set([undefined, '0.0.1', '1.0.0']);

/** OpenMetrics where it is asked for by name and no less wanted than text; text is always acceptable. */
export function metricsFormat(accept: string | undefined): MetricsFormat {
  const choices = choicesOf(accept ?? '');
  const best = (of: (choice: Choice) => boolean) => Math.max(0, ...choices.filter(of).map((choice) => choice.quality));
  const openmetrics = best(
    ({ value, parameters }) =>
      value === 'application/openmetrics-text' && OPENMETRICS_VERSIONS.has(parameters['version']),
  );
  return openmetrics > 0 && openmetrics >= best(({ value }) => TEXT.has(value)) ? 'openmetrics' : 'text';
}

/** Whether the client takes gzip; an explicit `gzip` entry wins over `*`. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const choices = choicesOf(acceptEncoding ?? '');
  const choice = choices.find(({ value }) => value === 'gzip') ?? choices.find(({ value }) => value === '*');
  return choice !== undefined && choice.quality > 0;
}
