import type { Alert } from '../../src/core/alert.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { Logger } from '../../src/core/log.ts';
import type { Scope } from '../../src/core/scope.ts';
import { Secret } from '../../src/core/secret.ts';
import { createApp, type WebApp, type WebSettings } from '../../src/web/app.ts';
import type { TargetView, View } from '../../src/web/view.ts';

export const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

/** A target that is up and has just been probed, but for what is given. */
export const targetView = (given: Partial<TargetView> & { readonly name: string }): TargetView => ({
  type: 'http',
  status: 'up',
  sinceMs: NOW_MS - 3_600_000,
  lastProbeMs: NOW_MS - 2000,
  durationMs: 12.5,
  measures: [],
  alerts: [],
  ...given,
});

/** An alert that has been firing for a minute, but for what is given. */
export const alertView = (given: Partial<Alert> & { readonly target: string }): Alert => ({
  origin: 'own',
  fingerprint: '00000000000000aa',
  labels: { alertname: 'HttpDown', target: given.target },
  annotations: { summary: `HTTP ${given.target} is down` },
  severity: 'P1',
  state: 'firing',
  startsAtMs: NOW_MS - 60_000,
  generatorUrl: undefined,
  suppressedBy: [],
  silencedBy: [],
  group: 'g',
  ...given,
});

/** What the other stages would say, as given. */
export function viewOf(
  given: Partial<Omit<View, 'targets' | 'alerts'>> & {
    readonly targets?: readonly TargetView[];
    readonly alerts?: readonly Alert[];
  } = {},
): View {
  const { targets = [], alerts = targets.flatMap((target) => target.alerts), ...rest } = given;
  return {
    about: () => ({ service: 'shop', version: '1.2.3' }),
    metrics: async function* () {
      yield 'outrider_build_info 1\n';
    },
    targets: () => targets,
    target: (name) => targets.find((target) => target.name === name),
    summaries: async () => new Map(),
    history: async () => ({ unit: 'seconds', stepMs: 60_000, series: [], changes: [] }),
    alerts: () => alerts,
    explain(fingerprint) {
      const alert = alerts.find((each) => each.fingerprint === fingerprint);
      if (alert === undefined) return undefined;
      return { alert, condition: 'down', forMs: 0, keepFiringForMs: 0, tests: [], because: [] };
    },
    silences: () => [],
    silence: (wanted) => ({ ...wanted, id: wanted.id ?? '1' }),
    expireSilence: () => true,
    maintenance: () => [],
    planMaintenance: (wanted) => ({ ...wanted, id: '1' }),
    cancelMaintenance: () => 'ended',
    deployments: () => [],
    deploy: (wanted) => ({ ...wanted, id: '1' }),
    receive: () => undefined,
    receivers: () => [],
    readiness: () => ({ ready: true, checked: targets.length, targets: targets.length }),
    reload: async () => ({ ok: true }),
    ...rest,
  };
}

/** A clock that stands still at `NOW_MS` until its `monoMs` is set; what it is asked to call is never called. */
export function stillClock(): Clock & { at: number } {
  return {
    at: 0,
    now() {
      return { monoMs: this.at, wallMs: NOW_MS };
    },
    monoMs() {
      return this.at;
    },
    after: () => ({ [Symbol.dispose]: () => undefined }),
  };
}

/** A logger that keeps what it is told: errors, and at info level lines with their fields. */
export function keepingLog(): Logger & { readonly errors: string[]; readonly lines: unknown[] } {
  const errors: string[] = [];
  const lines: unknown[] = [];
  const ignore = () => undefined;
  return {
    errors,
    lines,
    debug: ignore,
    info: (fields, message) => lines.push({ ...fields, message }),
    warn: ignore,
    error: (_fields, message) => errors.push(message),
  };
}

/** One token per scope, each named after it. */
export const tokenFor = (scope: Scope): string => `otr_${scope}_0123456789abcdef`;
export const bearer = (scope: Scope): Record<string, string> => ({ Authorization: `Bearer ${tokenFor(scope)}` });

export const withTokens = (read: 'public' | 'token', ...scopes: readonly Scope[]): WebSettings['auth'] => ({
  read,
  tokens: scopes.map((scope) => ({ name: scope, token: new Secret(tokenFor(scope)), scopes: [scope] })),
});

export interface TestSite extends WebApp {
  readonly clock: ReturnType<typeof stillClock>;
  readonly log: ReturnType<typeof keepingLog>;
}

/** The web application over a view, on loopback and without tokens unless said otherwise. */
export function siteOf(
  view: View = viewOf(),
  {
    auth = { read: 'public', tokens: [] },
    externalUrl,
    loopback = true,
  }: Partial<WebSettings> & { loopback?: boolean } = {},
): TestSite {
  const clock = stillClock();
  const log = keepingLog();
  return { clock, log, ...createApp({ view, clock, log }, { auth, externalUrl }, () => loopback) };
}

/** What a request from this address brings along. */
export const from = (remoteAddress: string) => ({ incoming: { socket: { remoteAddress } } });
