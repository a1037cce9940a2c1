/** What may have caused a trouble that came after it. */
export const CHANGE_KINDS = ['deployment', 'reload', 'certificate', 'third-party'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** Something that changed at a moment; times are Unix epoch ms. */
export interface Change {
  readonly kind: ChangeKind;
  readonly atMs: number;
  /** For people: `deployment of api 1.4.2 by alice`. */
  readonly text: string;
  /** The targets that it touched; undefined: any. */
  readonly targets: readonly string[] | undefined;
  readonly url?: string;
}

/** A new version that somebody marked. */
export interface Deployment {
  readonly id: string;
  readonly service: string | undefined;
  readonly version: string;
  readonly atMs: number;
  readonly by: string | undefined;
  readonly url: string | undefined;
  readonly targets: readonly string[] | undefined;
  /** How long after it the targets may fail before anybody is told, until their first success; ms. */
  readonly graceMs: number;
}
