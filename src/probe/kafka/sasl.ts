import { createRequire } from 'node:module';
import type { Secret } from '../../core/secret.ts';
import { BrokerError } from './broker-error.ts';
import type { Exchange, Versions } from './wire.ts';

const require = createRequire(import.meta.url);

const SASL_AUTHENTICATE = 36;
const LONGEST_REPLY = 200;

export interface Sasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: Secret;
}

interface Authenticator {
  readonly sessionLifetime: string;
  authenticate(): Promise<void>;
}

const silent = { debug() {}, error() {}, namespace: () => silent };

/**
 * Logs in by kafkajs's mechanisms over `send`. Resolves to the session's length in ms, 0 where it has no end;
 * throws BrokerError, with reason `auth` where the broker refused.
 */
export async function authenticate(
  sasl: Sasl,
  peer: string,
  versions: Versions,
  send: <T>(exchange: Exchange<T>) => Promise<T>,
): Promise<number> {
  const Authenticator: new (
    connection: unknown,
    logger: unknown,
    versions: Versions,
    framed: boolean,
  ) => Authenticator = require('kafkajs/src/broker/saslAuthenticator');
  let said: unknown;
  const connection = {
    sasl: { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password.reveal() },
    async send(exchange: Exchange<unknown>) {
      try {
        return await exchange.response.parse(await send(exchange));
      } catch (error) {
        // kafkajs wraps it into one of its own and drops what it was.
        said = error;
        throw error;
      }
    },
  };
  if (versions[SASL_AUTHENTICATE] === undefined)
    throw new BrokerError({ reason: 'protocol', message: `${peer} does not know SASL as Kafka does since 1.0` });
  try {
    const authenticator = new Authenticator(connection, silent, versions, true);
    await authenticator.authenticate();
    return Number(authenticator.sessionLifetime);
  } catch (error) {
    throw said instanceof BrokerError ? said : refusal(said ?? error, sasl, peer);
  }
}

function refusal(error: unknown, sasl: Sasl, peer: string): BrokerError {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'UNSUPPORTED_SASL_MECHANISM')
    return new BrokerError({ reason: 'auth', message: `${peer} does not offer SASL ${sasl.mechanism}` });
  if (type === 'ILLEGAL_SASL_STATE')
    return new BrokerError({ reason: 'auth', message: `${peer} does not take SASL on this port` });
  const reply = error instanceof Error ? `: ${error.message.slice(0, LONGEST_REPLY)}` : '';
  return new BrokerError({ reason: 'auth', message: `${peer} refused the login of "${sasl.username}"${reply}` });
}
