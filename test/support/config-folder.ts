import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/config.ts';
import { type LoadResult, loadConfig } from '../../src/config/load.ts';
import { formatProblem } from '../../src/config/problems.ts';

export interface ConfigFolder extends Disposable {
  readonly path: string;
  /** Writes a file, and answers its whole path. */
  write(name: string, text: string | Uint8Array, mode?: number): string;
}

/** A folder of its own, gone when it is disposed. */
export function configFolder(): ConfigFolder {
  const path = mkdtempSync(join(tmpdir(), 'outrider-config-'));
  return {
    path,
    write(name, text, mode = 0o600) {
      const file = join(path, name);
      writeFileSync(file, text, { mode });
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

type Env = Readonly<Record<string, string>>;

/** Loads one config text. */
export async function loadText(text: string | Uint8Array, env: Env = {}): Promise<LoadResult> {
  using folder = configFolder();
  return loadConfig({ files: [folder.write('outrider.yml', text)], env });
}

/** The config of a text that is meant to be good. */
export async function goodConfig(text: string, env: Env = {}): Promise<Config> {
  const loaded = await loadText(text, env);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.config;
}

/** What is wrong with a text: `line:column: path: message`. */
export async function problemsOf(text: string | Uint8Array, env: Env = {}): Promise<readonly string[]> {
  const loaded = await loadText(text, env);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem({ ...problem, file: '' }).slice(1));
}

/** The warnings about a text, in the same form. */
export async function warningsOf(text: string, env: Env = {}): Promise<readonly string[]> {
  const loaded = await loadText(text, env);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join('\n'));
  return loaded.warnings.map((problem) => formatProblem({ ...problem, file: '' }).slice(1));
}
