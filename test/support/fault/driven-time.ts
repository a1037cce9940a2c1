import type { MortalDaemon } from './daemon.ts';

/** The wall clock of a driven daemon, seen from here: it runs on by itself at that speed, which is set. */
export async function driveTime(daemon: MortalDaemon, factor: number): Promise<() => number> {
  const wallMs = await daemon.control({ kind: 'speed', factor });
  const atMs = performance.now();
  return () => wallMs + (performance.now() - atMs) * factor;
}
