import type { Config } from '../config/config.ts';
import { explainTarget } from '../config/explain.ts';
import type { Explained } from '../config/origin.ts';
import { OutriderError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { Surroundings } from './contract.ts';
import { table } from './table.ts';

/** What is in force for a target and where each value comes from, for people. Throws OutriderError `usage` for an unknown name. */
export function inForce(around: Surroundings, config: Config, files: readonly string[], name: string): string {
  const target = config.targets.find((one) => one.target.name === name)?.target;
  const explained = target === undefined ? undefined : explainTarget({ files, env: around.env }, target);
  if (target === undefined || explained === undefined) throw unknown(config, files, name);
  const { values, alerts, off } = explained;
  const { style } = around;
  const row = (first: string, { name: key, value, from, place = '' }: Explained) => [first, key, value, from, place];
  const alertRows = alerts.flatMap(({ name: alert, parts }) =>
    parts.map((part, index) => row(index === 0 ? alert : '', part)),
  );
  const offRows = off.map(({ name: alert, value, from, place = '' }) => [alert, '', value, from, place]);
  const heads = ['KEY', 'VALUE', 'FROM', 'PLACE'];
  return [
    `${style('bold', target.name)} (${target.type})\n`,
    table(
      heads,
      values.map(({ name: key, value, from, place = '' }) => [key, value, from, place]),
      style,
    ),
    table(['ALERT', ...heads], [...alertRows, ...offRows], style),
  ].join('\n');
}

function unknown({ targets }: Config, files: readonly string[], name: string): OutriderError {
  const near = nearest(
    name,
    targets.map(({ target }) => target.name),
  );
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  return new OutriderError('usage', `--explain: ${files.join(', ')} has no target "${name}"${hint}`);
}
