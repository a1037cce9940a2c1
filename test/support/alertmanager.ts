import { writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { binary } from '../../demo/service/binary.ts';
import { accepts, freePort, HOST } from '../../demo/service/port.ts';
import { manage, type Service, temporaryFolder } from '../../demo/service/service.ts';
import type { Certificates } from './certificates.ts';
import { parseExposition } from './peer.ts';

/** An alert as Alertmanager's own API shows it. */
export interface KnownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  readonly fingerprint: string;
  readonly generatorURL: string;
}

const ACTIVE = '/api/v2/alerts?active=true&inhibited=true&silenced=true';

/** What a real Alertmanager holds as active now, but the watchdog, which always is. */
export async function activeAlerts(url: string): Promise<readonly KnownAlert[]> {
  return (await knownAlerts(url)).filter((alert) => !isWatchdog(alert));
}

/** Everything that a real Alertmanager holds as active now. */
export async function knownAlerts(url: string): Promise<readonly KnownAlert[]> {
  return (await (await fetch(url + ACTIVE)).json()) as readonly KnownAlert[];
}

/** Whether it says no more than that Outrider lives. */
export const isWatchdog = ({ labels }: Pick<KnownAlert, 'labels'>): boolean =>
  labels['alertname'] === 'OutriderWatchdog';

/** How many alerts an Alertmanager has been sent since it started, as it counts them itself. */
export interface ReceivedCounts {
  readonly firing: number;
  readonly resolved: number;
  readonly invalid: number;
}

/** Asks an Alertmanager for its counts. */
export async function receivedBy(url: string): Promise<ReceivedCounts> {
  return countsIn(await (await fetch(`${url}/metrics`)).text());
}

function countsIn(exposed: string): ReceivedCounts {
  const all = parseExposition(exposed);
  const sum = (name: string, status?: string) =>
    (all.get(name) ?? [])
      .filter(({ labels }) => status === undefined || labels['status'] === status)
      .reduce((total, { value }) => total + value, 0);
  return {
    firing: sum('alertmanager_alerts_received_total', 'firing'),
    resolved: sum('alertmanager_alerts_received_total', 'resolved'),
    invalid: sum('alertmanager_alerts_invalid_total'),
  };
}

/** The only user of a guarded Alertmanager. */
export const GUARD = { username: 'outrider', password: 'the-right-one' } as const;
/** Its password as bcrypt, with few rounds. */
const HASH = '$2b$04$0w7RSzlaPF.PkdsjK3IMiupTqwpktccKNhDRgU61wQ2iji6bupXxq';

/** An Alertmanager behind TLS, a password and a path; `port` is where, whichever name it is called by. */
export interface GuardedAlertmanager extends Service {
  active(): Promise<readonly KnownAlert[]>;
  received(): Promise<ReceivedCounts>;
}

/** Starts one that answers below this prefix, such as `/am`. */
export async function startGuardedAlertmanager(
  { cert, key, ca }: Certificates,
  prefix: string,
): Promise<GuardedAlertmanager> {
  const [port, folder] = [await freePort(), await temporaryFolder('alertmanager')];
  const file = (name: string) => join(folder, name);
  const web = `tls_server_config: { cert_file: cert.pem, key_file: key.pem }\nbasic_auth_users: { ${GUARD.username}: "${HASH}" }\n`;
  const route = 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';
  await Promise.all([
    writeFile(file('cert.pem'), cert),
    writeFile(file('key.pem'), key),
    writeFile(file('web.yml'), web),
    writeFile(file('alertmanager.yml'), route),
  ]);
  const args = [
    `--config.file=${file('alertmanager.yml')}`,
    `--storage.path=${file('data')}`,
    `--web.config.file=${file('web.yml')}`,
    `--web.listen-address=${HOST}:${port}`,
    `--web.route-prefix=${prefix}`,
    '--cluster.listen-address=',
  ];
  const service = await manage({
    name: 'alertmanager',
    port,
    url: `https://${HOST}:${port}${prefix}`,
    folder,
    command: { name: 'alertmanager', file: binary('prometheus-alertmanager', 'alertmanager'), args, cwd: folder },
    isReady: () => accepts(port),
  });
  const ask = (path: string) =>
    new Promise<string>((resolve, reject) => {
      const auth = `${GUARD.username}:${GUARD.password}`;
      get(service.url + path, { ca, auth }, (answer) => text(answer).then(resolve, reject)).on('error', reject);
    });
  return Object.assign(service, {
    active: async () => (JSON.parse(await ask(ACTIVE)) as readonly KnownAlert[]).filter((one) => !isWatchdog(one)),
    received: async () => countsIn(await ask('/metrics')),
  });
}
