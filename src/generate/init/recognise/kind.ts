import type { Service } from '../compose/service.ts';
import { type Known, knownImage } from './image.ts';

/** What a service is: by its image, else by what it is told, else by how its health is checked. */
export function kindOf(service: Service): Known | undefined {
  const byImage = knownImage(service.image);
  if (byImage?.kind === 'redis' && /redis-sentinel|valkey-sentinel|--sentinel|sentinel\.conf/.test(service.command))
    return { kind: 'sentinel' };
  return byImage ?? byEnvironment(service) ?? byCheck(service.check);
}

const byEnvironment = ({ environment }: Service): Known | undefined =>
  environment.has('KAFKA_ADVERTISED_LISTENERS') || environment.has('KAFKA_CFG_ADVERTISED_LISTENERS')
    ? { kind: 'kafka' }
    : undefined;

/** A check that asks another host says nothing of this one. */
const ELSEWHERE = /(?:-h|--host)[= ](?!localhost|127\.|"?\$)\S/;

function byCheck(check: string | undefined): Known | undefined {
  if (check === undefined || ELSEWHERE.test(check)) return undefined;
  if (/\bpg_isready\b/.test(check)) return { kind: 'postgres' };
  if (/\b(redis|valkey|keydb)-cli\b.*\bping\b/i.test(check)) return { kind: 'redis' };
  if (/\b(kafka-(topics|broker-api-versions|cluster)|rpk cluster)\b/.test(check)) return { kind: 'kafka' };
  return undefined;
}
