import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FOLDER = join(import.meta.dirname, '..', 'fixture', 'schema');

/** What is wrong with a payload by a service's published schema; nothing where it is as the service wants it. */
export function wrongBy(name: string): (payload: unknown) => readonly string[] {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')));
  return (payload) => {
    const { error } = schema.safeParse(JSON.parse(JSON.stringify(payload)));
    return (error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message} ${JSON.stringify(issue)}`);
  };
}
