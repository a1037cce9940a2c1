import { healthMeasures, type MeasureSpec, type SeriesSpec, type Unit } from '../../core/measure.ts';

export const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
export type Phase = (typeof PHASES)[number];

const PHASE_HELP: Readonly<Record<Phase, string>> = {
  resolve: 'Time to look up the addresses of the host.',
  connect: 'Time to open the TCP connection.',
  tls: 'Time of the TLS handshake.',
  processing: 'Time from the request to the first byte of the answer.',
  transfer: 'Time from the first to the last byte of the answer.',
};

const phaseMeasure = (phase: Phase): MeasureSpec => ({
  name: phase,
  unit: 'seconds',
  kind: 'gauge',
  help: PHASE_HELP[phase],
  metric: {
    name: 'probe_http_duration_seconds',
    labels: { phase },
    help: 'Duration of the HTTP request by phase, summed over all redirects.',
  },
});

/** What the http type measures by itself. */
export const HTTP_MEASURES: readonly MeasureSpec[] = [
  ...healthMeasures({ up: 'probe_success', duration: 'probe_duration_seconds' }),
  ...PHASES.map(phaseMeasure),
  {
    name: 'status',
    unit: 'count',
    kind: 'gauge',
    help: 'Status code of the last answer.',
    metric: { name: 'probe_http_status_code' },
  },
  { name: 'size', unit: 'bytes', kind: 'gauge', help: 'Bytes of the body that were read, after decompression.' },
  {
    name: 'redirects',
    unit: 'count',
    kind: 'gauge',
    help: 'Redirects that were followed.',
    metric: { name: 'probe_http_redirects' },
  },
  {
    name: 'certificate_expires_in',
    unit: 'seconds',
    kind: 'gauge',
    help: 'Time until the first certificate of the chain expires; negative after it did.',
  },
  {
    name: 'certificate_lifetime_left',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Part of that certificate’s lifetime that is left.',
  },
];

/** Names that a measure of one’s own cannot have. */
export const BUILT_IN_MEASURES: ReadonlySet<string> = new Set(HTTP_MEASURES.map((measure) => measure.name));

/** What blackbox_exporter has beside these. */
export const HTTP_SERIES: readonly SeriesSpec[] = [
  { name: 'probe_dns_lookup_time_seconds', kind: 'gauge', help: 'Time to look up the addresses of the first host.' },
  { name: 'probe_failed_due_to_regex', kind: 'gauge', help: 'Whether an expected regular expression was not found.' },
  { name: 'probe_http_content_length', kind: 'gauge', help: 'Content-Length of the answer, -1 where it has none.' },
  {
    name: 'probe_http_last_modified_timestamp_seconds',
    kind: 'gauge',
    help: 'Last-Modified of the answer, in Unix time.',
  },
  { name: 'probe_http_ssl', kind: 'gauge', help: 'Whether the last request went over TLS.' },
  {
    name: 'probe_http_uncompressed_body_length',
    kind: 'gauge',
    help: 'Bytes of the body that were read, after decompression.',
  },
  { name: 'probe_http_version', kind: 'gauge', help: 'HTTP version of the answer.' },
  { name: 'probe_ip_addr_hash', kind: 'gauge', help: 'Hash of the address that was asked; changes when it does.' },
  { name: 'probe_ip_protocol', kind: 'gauge', help: 'IP version of the address that was asked.' },
  { name: 'probe_ssl_earliest_cert_expiry', kind: 'gauge', help: 'When the first certificate expires, in Unix time.' },
  {
    name: 'probe_ssl_last_chain_expiry_timestamp_seconds',
    kind: 'gauge',
    help: 'When the verified chain expires, in Unix time.',
  },
  {
    name: 'probe_ssl_last_chain_info',
    kind: 'gauge',
    help: 'The certificate of the server.',
    labels: ['fingerprint_sha256', 'subject', 'issuer', 'subjectalternative', 'serialnumber'],
  },
  { name: 'probe_tls_cipher_info', kind: 'gauge', help: 'The cipher in use.', labels: ['cipher'] },
  { name: 'probe_tls_version_info', kind: 'gauge', help: 'The TLS version in use.', labels: ['version'] },
];

/** Units that a measure of one’s own may be written in. */
export const MEASURED_UNITS = ['count', 'ratio', '%', 'seconds', 'ms', 'bytes'] as const;
export type MeasuredUnit = (typeof MEASURED_UNITS)[number];

/** The base unit of each, and what a number is divided by to be in it. */
export const BASE_UNIT: Readonly<Record<MeasuredUnit, { readonly unit: Unit; readonly divisor: number }>> = {
  count: { unit: 'count', divisor: 1 },
  ratio: { unit: 'ratio', divisor: 1 },
  '%': { unit: 'ratio', divisor: 100 },
  seconds: { unit: 'seconds', divisor: 1 },
  ms: { unit: 'seconds', divisor: 1000 },
  bytes: { unit: 'bytes', divisor: 1 },
};

/** The measure that a config defines by itself. */
export const ownMeasure = (name: string, unit: MeasuredUnit): MeasureSpec => ({
  name,
  unit: BASE_UNIT[unit].unit,
  kind: 'gauge',
  help: `The measure ${name} that the config defines.`,
  metric: {
    name: 'outrider_measure',
    labels: { measure: name },
    kind: 'gauge',
    help: 'A measure that the config defines.',
  },
});
