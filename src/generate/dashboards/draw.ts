import { PanelBuilder as BarGauge } from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  type Panel as PanelJson,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as Text, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { columnOverrides, tableTransformations } from './columns.ts';
import { DATASOURCE } from './datasource.ts';
import { mappings } from './mapping.ts';
import type { Panel, PanelLink, Query, Step } from './panel.ts';

type Chart = TimeSeries | Stat | Table | StateTimeline | BarGauge;

/** A panel as Grafana's own builders make it, without its place. */
export function drawn(panel: Panel): PanelJson {
  if (panel.kind === 'text') return textPanel(panel).build();
  const chart = withLook(chartOf(panel), panel);
  for (const [index, query] of panel.queries.entries()) chart.withTarget(queryOf(query, index, panel));
  return chart.build();
}

const textPanel = ({ title, description, text = '' }: Panel) =>
  new Text().title(title).description(description).mode(TextMode.Markdown).content(text);

function chartOf(panel: Panel): Chart {
  if (panel.kind === 'stat') return stat(panel);
  if (panel.kind === 'table') return table(panel);
  if (panel.kind === 'state-timeline') return timeline();
  return panel.kind === 'bargauge' ? bars() : curves(panel);
}

function withLook(chart: Chart, panel: Panel): Chart {
  const { title, description, unit, steps, shown, empty, least, most, decimals, links = [], columns } = panel;
  chart.title(title).description(description).datasource(DATASOURCE).unit(unit);
  if (steps !== undefined) chart.thresholds(thresholds(steps));
  // Columns have mappings of their own.
  if (shown !== undefined && columns === undefined) chart.mappings(mappings(shown));
  if (empty !== undefined) chart.noValue(empty);
  if (least !== undefined) chart.min(least);
  if (most !== undefined) chart.max(most);
  if (decimals !== undefined) chart.decimals(decimals);
  if (links.length > 0) chart.links(links.map(panelLink));
  return chart;
}

const letter = (index: number): string => String.fromCharCode(65 + index);

function queryOf({ expr, legend, isNow = false }: Query, index: number, { kind }: Panel): DataqueryBuilder {
  const query = new DataqueryBuilder().refId(letter(index)).datasource(DATASOURCE).expr(expr).legendFormat(legend);
  if (kind === 'table') query.format(PromQueryFormat.Table);
  return isNow ? query.instant() : query.range();
}

const panelLink = ({ title, url }: PanelLink): DashboardLinkBuilder =>
  new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);

const thresholds = (steps: readonly Step[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(({ from, color }) => ({ value: from ?? null, color })));

function curves({ isStacked = false, steps = [], queries, reach }: Panel): TimeSeries {
  const chart = new TimeSeries()
    .lineWidth(isStacked ? 1 : 2)
    .fillOpacity(isStacked ? 30 : 8)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (isStacked) chart.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (steps.length > 1)
    chart.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  if (reach !== undefined) chart.axisSoftMax(reach);
  for (const [index, { color, isLine = false }] of queries.entries())
    if (color !== undefined) chart.overrideByQuery(letter(index), [fixed(color), ...(isLine ? DASHED : [])]);
  return chart;
}

const fixed = (color: string): DynamicConfigValue => ({ id: 'color', value: { mode: 'fixed', fixedColor: color } });

const DASHED: readonly DynamicConfigValue[] = [
  { id: 'custom.lineStyle', value: { fill: 'dash', dash: [10, 10] } },
  { id: 'custom.lineWidth', value: 1 },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: 'none', group: 'A' } },
];

const byThresholds = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
const lastValue = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);

/** Green, and from 1 on its own colour. */
const alarming = (color: string): DynamicConfigValue => ({
  id: 'thresholds',
  value: thresholds([
    { from: undefined, color: 'green' },
    { from: 1, color },
  ]).build(),
});

function stat({ queries, isQuiet = false }: Panel): Stat {
  const chart = new Stat()
    .colorMode(isQuiet ? BigValueColorMode.Value : BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value)
    .orientation(VizOrientation.Auto)
    .reduceOptions(lastValue())
    .colorScheme(byThresholds());
  for (const [index, { color }] of queries.entries())
    if (color !== undefined) chart.overrideByQuery(letter(index), [alarming(color)]);
  return chart;
}

const timeline = (): StateTimeline =>
  new StateTimeline()
    .showValue(VisibilityMode.Auto)
    .mergeValues(true)
    .rowHeight(0.8)
    .fillOpacity(75)
    .lineWidth(0)
    .legend(new VizLegendOptionsBuilder().showLegend(false))
    .colorScheme(byThresholds());

const bars = (): BarGauge =>
  new BarGauge()
    .displayMode(BarGaugeDisplayMode.Basic)
    .orientation(VizOrientation.Horizontal)
    .reduceOptions(lastValue())
    .colorScheme(byThresholds());

function table(panel: Panel): Table {
  const { sortBy = [] } = panel;
  const chart = new Table()
    .transformations(tableTransformations(panel))
    .sortBy(
      sortBy.map(({ title, descending = false }) =>
        new TableSortByFieldStateBuilder().displayName(title).desc(descending),
      ),
    );
  for (const { title, properties } of columnOverrides(panel)) chart.overrideByName(title, properties);
  return chart;
}
