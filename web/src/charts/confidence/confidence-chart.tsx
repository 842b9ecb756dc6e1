import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';
import { bounds, count, percent, ratio, share, stopwatch } from '../../format.ts';
import { Definition } from '../../parts/definition.tsx';
import { elapsedAxis, valueAxis } from '../axes.ts';
import { ChartFrame, type LegendItem } from '../chart-frame.tsx';
import { ChartTip, type Hover, hoverOf } from '../hover.tsx';
import type { Palette } from '../palette.ts';
import { Plot } from '../plot.tsx';
import { ratioTicks } from '../scale.ts';
import { type ConfidenceColumns, confidenceColumns } from './confidence-columns.ts';
import { drawBadSide, drawReference, type Reference } from './confidence-draw.ts';

interface ConfidenceChartProps {
  title: string;
  looks: readonly LookView[];
  metric: string;
  marginRatio: number;
  direction: 'up' | 'down';
  verdict: Reference['verdict'];
  /** Where the axis ends at least, in seconds. */
  untilSeconds: number;
  small?: boolean;
  note?: string;
  className?: string;
}

const LEGEND: readonly LegendItem[] = [
  { label: 'Ratio treatment / control', colour: 'var(--up-accent-line)', kind: 'line' },
  { label: 'Confidence sequence', colour: 'var(--up-accent-line)', kind: 'band' },
  { label: 'Margin', colour: 'var(--up-bad-line)', kind: 'dash' },
];

function meaning(alpha: number): string {
  return (
    'The line is the rate of the event in treatment divided by the rate in control. Each edge of the band holds with ' +
    `${percent(1 - alpha)} confidence at every look of the whole run at once, so the run may be watched, and stopped, at ` +
    'any time. A verdict falls when the whole band lies on one side of the margin.'
  );
}

/** The ratio treatment / control with its confidence sequence, drawn as the looks arrive; logarithmic axis. */
export function ConfidenceChart(props: ConfidenceChartProps) {
  const { looks, metric, marginRatio, direction, verdict, untilSeconds, small = false } = props;
  const columns = useMemo(() => confidenceColumns(looks, metric, marginRatio), [looks, metric, marginRatio]);
  const data = useMemo(
    () => [columns.seconds, columns.high, columns.low, columns.ratio] as uPlot.AlignedData,
    [columns],
  );
  const shown = useRef({ columns, reference: { marginRatio, direction, verdict, small }, untilSeconds });
  shown.current = { columns, reference: { marginRatio, direction, verdict, small }, untilSeconds };
  const [hover, setHover] = useState<Hover | null>(null);
  const height = small ? 132 : 404;
  const alpha = columns.points.at(-1)?.look.alpha ?? 0.05;
  const point = hover === null ? undefined : columns.points[hover.index];

  return (
    <ChartFrame
      title={props.title}
      {...(props.className === undefined ? {} : { className: props.className })}
      {...(props.note === undefined ? {} : { note: props.note })}
      {...(small
        ? {}
        : { legend: LEGEND, aside: <Definition of={props.title}>{meaning(alpha)}</Definition> })}
      table={() => tableOf(columns)}
    >
      <div className="plot-host">
        <Plot
          label={summary(props, columns)}
          height={height}
          shape={`${metric} ${small}`}
          options={(palette) => optionsOf(shown, palette, height, setHover)}
          data={data}
        />
        {hover !== null && point !== undefined && (
          <ChartTip left={hover.left} flip={hover.flip}>
            <strong>after {stopwatch(point.seconds)}</strong>
            <span>
              Ratio<b>{ratio(point.look.ratio)}</b>
            </span>
            <span>
              Confidence<b>{bounds(point.look.low, point.look.high)}</b>
            </span>
            <span>
              Control<b>{armText(point.look.control)}</b>
            </span>
            <span>
              Treatment<b>{armText(point.look.treatment)}</b>
            </span>
          </ChartTip>
        )}
      </div>
    </ChartFrame>
  );
}

interface Shown {
  current: { columns: ConfidenceColumns; reference: Reference; untilSeconds: number };
}

function optionsOf(
  shown: Shown,
  palette: Palette,
  height: number,
  setHover: (hover: Hover | null) => void,
): Omit<uPlot.Options, 'width' | 'height'> {
  const { colour } = palette;
  const edge = { stroke: colour('accent-line', 0.45), width: 1, points: { show: false } };
  const ticks = () => ratioTicks(shown.current.columns.domain, Math.floor(height / 34));
  return {
    legend: { show: false },
    padding: [6, 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, __, max) => [0, Math.max(shown.current.untilSeconds, max ?? 0, 1)] },
      y: {
        range: () => shown.current.columns.domain.map((end) => Math.log(end)) as [number, number],
      },
    },
    axes: [
      elapsedAxis(palette),
      {
        ...valueAxis(palette, (value) => ratio(Math.exp(value))),
        splits: () => ticks().map((tick) => Math.log(tick)),
      },
    ],
    series: [
      {},
      edge,
      edge,
      { stroke: colour('accent-line'), width: 2.25, points: { show: false }, spanGaps: true },
    ],
    bands: [{ series: [1, 2], fill: colour('accent-line', 0.16) }],
    hooks: {
      drawClear: [(chart) => drawBadSide(chart, shown.current.reference, palette)],
      draw: [(chart) => drawReference(chart, shown.current.reference, palette)],
      setCursor: [(chart) => setHover(hoverOf(chart))],
    },
  };
}

function armText({ units, events }: MetricLook['control']): string {
  return `${count(events)} of ${count(units)}, ${percent(share(events, units))}`;
}

function tableOf({ points }: ConfidenceColumns) {
  return {
    head: ['Elapsed', 'Ratio', 'Low', 'High', 'Control', 'Treatment'],
    rows: points
      .map(({ seconds, look }) => [
        stopwatch(seconds),
        ratio(look.ratio),
        look.low === null ? 'open' : ratio(look.low),
        look.high === null ? 'open' : ratio(look.high),
        armText(look.control),
        armText(look.treatment),
      ])
      .reverse(),
  };
}

function summary(
  { title, marginRatio, direction, verdict }: ConfidenceChartProps,
  columns: ConfidenceColumns,
) {
  const last = columns.points.at(-1);
  if (last === undefined) return `${title}: no look yet`;
  const { look, seconds } = last;
  return (
    `${title}. After ${stopwatch(seconds)}: ratio ${ratio(look.ratio)}, confidence sequence ` +
    `${bounds(look.low, look.high)}, must stay ${direction === 'up' ? 'above' : 'below'} the margin ` +
    `${ratio(marginRatio)}; control ${armText(look.control)}, treatment ${armText(look.treatment)}.` +
    `${verdict === null ? '' : ` Verdict: ${verdict.label}.`}`
  );
}
