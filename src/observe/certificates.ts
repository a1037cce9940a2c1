import type { Change } from '../core/change.ts';
import { toRfc3339 } from '../core/clock.ts';
import type { ProbeResult } from '../core/result.ts';

/** The measure says how long a certificate is still good, so that its end wavers by how long a probe takes. */
const WAVERS_MS = 60_000;

/** Notices that a target shows another certificate than before. */
export interface Certificates {
  onResult(result: ProbeResult): Change | undefined;
  /** Forgets all targets but these. */
  retain(targets: ReadonlySet<string>): void;
}

/** Knows of no certificate yet. */
export function openCertificates(): Certificates {
  const expiry = new Map<string, number>();
  return {
    onResult(result) {
      if (result.outcome !== 'up') return undefined;
      const sample = result.measures.find(({ name }) => name === 'certificate_expires_in');
      if (sample === undefined) return undefined;
      const { target, at } = result;
      const endsAtMs = at.wallMs + sample.value * 1000;
      const before = expiry.get(target) ?? endsAtMs;
      if (expiry.has(target) && Math.abs(endsAtMs - before) < WAVERS_MS) return undefined;
      expiry.set(target, endsAtMs);
      if (endsAtMs === before) return undefined;
      const text = `another certificate of ${target}, good until ${toRfc3339(endsAtMs)} (before: ${toRfc3339(before)})`;
      return { kind: 'certificate', atMs: at.wallMs, text, targets: [target] };
    },
    retain(targets) {
      for (const target of expiry.keys()) if (!targets.has(target)) expiry.delete(target);
    },
  };
}
