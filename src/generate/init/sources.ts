import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';

/** As compose looks for them: the first of each list that is there, the second list over the first. */
const DEFAULTS = [
  ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'],
  ['compose.override.yaml', 'compose.override.yml', 'docker-compose.override.yml', 'docker-compose.override.yaml'],
] as const;

type Env = Readonly<Record<string, string | undefined>>;

/** The compose files that compose itself would take: COMPOSE_FILE, else those of the working folder; none where there are none. */
export function defaultComposeFiles(env: Env): readonly string[] {
  const named = env['COMPOSE_FILE'];
  if (named !== undefined && named !== '') return named.split(env['COMPOSE_PATH_SEPARATOR'] ?? ':');
  const [first] = DEFAULTS[0].filter((name) => existsSync(name));
  const over = DEFAULTS[1].filter((name) => existsSync(name)).slice(0, 1);
  return first === undefined ? [] : [first, ...over];
}

/** The profiles of COMPOSE_PROFILES. */
export const defaultProfiles = (env: Env): readonly string[] =>
  (env['COMPOSE_PROFILES'] ?? '').split(',').filter((profile) => profile !== '');

/** What a config is called that nothing else names: as its folder. */
export const folderName = (): string => basename(resolve('.'));
