import {
  DashboardBuilder,
  DashboardCursorSync,
  type Dashboard as DashboardJson,
  type Panel as PanelJson,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { drawn } from './draw.ts';
import { annotationOf, type Frame, linksOf, variablesOf } from './frame.ts';
import type { Board, Panel } from './panel.ts';

const COLUMNS = 24;
/** Grafana's own bound of a uid. */
const MOST_OF_UID = 40;

/** A dashboard as Grafana imports it; the same board gives the same JSON. */
export function dashboardOf(board: Board, frame: Frame): DashboardJson {
  const { name, title, description, sections, marks } = board;
  const builder = new DashboardBuilder(title)
    .uid(uidOf(frame.prefix, name))
    .description(description)
    .tags([...new Set(['outrider', frame.tag])])
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .links([...linksOf(board, frame)])
    .variables([...variablesOf(board, frame)])
    .annotations(marks.map(annotationOf));
  const place = placer();
  for (const section of sections) {
    const { id, y } = place.row();
    builder.withRow(new RowBuilder(section.title).id(id).gridPos({ x: 0, y, w: COLUMNS, h: 1 }));
    for (const panel of section.panels) builder.withPanel({ build: () => placed(panel, place.panel(panel)) });
  }
  return builder.build();
}

function uidOf(prefix: string, name: string): string {
  return `${prefix.slice(0, MOST_OF_UID - name.length - 1)}-${name}`;
}

interface Place {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

const placed = (panel: Panel, { id, x, y }: Place): PanelJson => ({
  ...drawn(panel),
  id,
  gridPos: { x, y, w: panel.width, h: panel.height },
});

/** Puts panels side by side, from the left, as long as they fit. */
function placer() {
  let id = 0;
  let x = 0;
  let y = 0;
  let height = 0;
  const newLine = () => {
    x = 0;
    y += height;
    height = 0;
  };
  return {
    row(): Place {
      newLine();
      height = 1;
      const at = { id: ++id, x: 0, y };
      newLine();
      return at;
    },
    panel(panel: Panel): Place {
      if (x + panel.width > COLUMNS) newLine();
      const at = { id: ++id, x, y };
      x += panel.width;
      height = Math.max(height, panel.height);
      return at;
    },
  };
}
