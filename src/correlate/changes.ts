import type { Change, Deployment } from '../core/change.ts';

/** What changed in the last 24 h. Times are Unix epoch ms. */
export interface Changes {
  add(change: Change): void;
  /** Notes a deployment, which is a change too. */
  deploy(deployment: Omit<Deployment, 'id'>): Deployment;
  /** Deployments, newest first. */
  deployments(): readonly Deployment[];
  /** What changed in the 24 h before a moment and touched any of these targets, the nearest first. */
  before(atMs: number, targets: ReadonlySet<string>): readonly Change[];
  /** Until when a target may fail after its last deployment, undefined where no grace runs; its first success after the deployment ends it. */
  graceUntilMs(target: string, nowMs: number): number | undefined;
  /** A target was seen up. */
  succeeded(target: string, atMs: number): void;
}
