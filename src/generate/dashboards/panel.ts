import type { Severity } from '../../core/severity.ts';

export type PanelKind = 'timeseries' | 'stat' | 'table' | 'state-timeline' | 'bargauge' | 'text';

/** One query of a panel. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** The value now alone, rather than over the shown range. */
  readonly isNow?: boolean;
  /** Its own colour; of a stat: from 1 on, green before. */
  readonly color?: string;
  /** A threshold rather than a measurement: drawn dashed. */
  readonly isLine?: boolean;
}

/** From this value on (undefined: from the least) in this colour. */
export interface Step {
  readonly from: number | undefined;
  readonly color: string;
}

/** What a value is shown as. */
export interface Shown {
  readonly value: string;
  readonly text: string;
  readonly color: string;
}

/** A column of a table: the name of what Prometheus answers, and what people read. */
export interface Column {
  readonly field: string;
  readonly title: string;
  readonly unit?: string;
  readonly width?: number;
  readonly shown?: readonly Shown[];
  readonly link?: PanelLink;
  readonly isColored?: boolean;
}

export interface PanelLink {
  readonly title: string;
  readonly url: string;
}

/** A panel of a dashboard: what is asked, how it looks, why it is there. */
export interface Panel {
  readonly kind: PanelKind;
  readonly title: string;
  readonly description: string;
  readonly queries: readonly Query[];
  /** Grafana's name of the unit: `s`, `bytes`, `percentunit`, `short`. */
  readonly unit: string;
  /** Of 24 across. */
  readonly width: number;
  /** In units of about 38 px. */
  readonly height: number;
  readonly steps?: readonly Step[];
  readonly shown?: readonly Shown[];
  /** What stands there where nothing is found. */
  readonly empty?: string;
  readonly isStacked?: boolean;
  readonly least?: number;
  readonly most?: number;
  readonly decimals?: number;
  /** As far as the axis goes at least, so that a threshold is seen before it is reached. */
  readonly reach?: number;
  /** Of a stat: only the number is coloured, not the whole tile. */
  readonly isQuiet?: boolean;
  readonly links?: readonly PanelLink[];
  readonly columns?: readonly Column[];
  /** The column that the queries of a table are joined by; without it rows with the same labels are one. */
  readonly joinBy?: string;
  readonly sortBy?: readonly { readonly title: string; readonly descending?: boolean }[];
  /** Of a text panel: Markdown. */
  readonly text?: string;
}

/** Panels under one heading. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard before it is Grafana's JSON. */
export interface Board {
  /** The file's name without `.json`, and the end of its uid. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The type that its targets have; undefined: any. */
  readonly type: string | undefined;
  readonly chooses: 'targets' | 'instances';
  readonly sections: readonly Section[];
  /** What is marked on all panels over time. */
  readonly marks: readonly Mark[];
}

/** A moment or a time that is marked on all panels. */
export interface Mark {
  readonly name: string;
  readonly expr: string;
  readonly color: string;
  readonly title: string;
  readonly text: string;
  /** The values are the moments themselves, Unix ms. */
  readonly isMoment?: boolean;
}

/** Colours in which severities stand everywhere. */
export const SEVERITY_COLOR: Readonly<Record<Severity, string>> = {
  P0: 'dark-red',
  P1: 'red',
  P2: 'orange',
  P3: 'yellow',
};
