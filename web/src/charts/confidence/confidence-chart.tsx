import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { LookView, MetricLook } from '../../../../src/experiments/schema.ts';
import { percent, stopwatch } from '../../format.ts';
import { Definition } from '../../parts/definition.tsx';
import { elapsedAxis, valueAxis } from '../axes.ts';
import { ChartFrame, type LegendItem } from '../chart-frame.tsx';
import { ChartTip, type Hover, hoverOf } from '../hover.tsx';
import type { Palette } from '../palette.ts';
import { Plot } from '../plot.tsx';
import { type ConfidenceColumns, confidenceColumns } from './confidence-columns.ts';
import { drawBadSide, drawReference, type Reference } from './confidence-draw.ts';
import { EFFECT_SCALES, type EffectScale } from './effect-scale.ts';

interface ConfidenceChartProps {
  title: string;
  looks: readonly LookView[];
  metric: string;
  margin: number;
  scale: MetricLook['scale'];
  direction: 'up' | 'down';
  verdict: Reference['verdict'];
  /** The time axis ends here or later, in seconds. */
  untilSeconds: number;
  small?: boolean;
  note?: string;
  className?: string;
}

const legendOf = ({ name }: EffectScale): LegendItem[] => [
  { label: name, colour: 'var(--up-accent-line)', kind: 'line' },
  { label: 'Confidence sequence', colour: 'var(--up-accent-line)', kind: 'band' },
  { label: 'Margin', colour: 'var(--up-bad-line)', kind: 'dash' },
];

function meaning(alpha: number): string {
  return (
    'The line is the estimated effect: the metric in treatment compared with control. Each edge of the band holds with ' +
    `${percent(1 - alpha)} confidence at all looks of the run together, so you may watch the run and stop it at any ` +
    'time. The run reaches a verdict when the whole band lies on one side of the margin.'
  );
}

/** The effect of the treatment with its confidence sequence, redrawn as looks arrive. */
export function ConfidenceChart(props: ConfidenceChartProps) {
  const { looks, metric, margin, direction, verdict, untilSeconds, small = false } = props;
  const scale = EFFECT_SCALES[props.scale];
  const columns = useMemo(
    () => confidenceColumns(looks, metric, margin, scale),
    [looks, metric, margin, scale],
  );
  const data = useMemo(
    () => [columns.seconds, columns.high, columns.low, columns.point] as uPlot.AlignedData,
    [columns],
  );
  const now = { columns, reference: { margin, scale, direction, verdict, small }, untilSeconds };
  const shown = useRef(now);
  shown.current = now;
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
        : { legend: legendOf(scale), aside: <Definition of={props.title}>{meaning(alpha)}</Definition> })}
      table={() => tableOf(columns, scale)}
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
              Effect<b>{scale.text(point.look.point)}</b>
            </span>
            <span>
              Confidence<b>{scale.bounds(point.look.low, point.look.high)}</b>
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
  const scale = () => shown.current.reference.scale;
  const ticks = () => scale().ticks(shown.current.columns.domain, Math.floor(height / 34));
  return {
    legend: { show: false },
    padding: [6, 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, __, max) => [0, Math.max(shown.current.untilSeconds, max ?? 0, 1)] },
      y: {
        range: () => shown.current.columns.domain.map(scale().toAxis) as [number, number],
      },
    },
    axes: [
      elapsedAxis(palette),
      {
        ...valueAxis(palette, (value) => scale().text(scale().fromAxis(value))),
        splits: () => ticks().map(scale().toAxis),
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

function armText({ value, text }: MetricLook['control']): string {
  return value === null ? text : `${text}, ${value}`;
}

function tableOf({ points }: ConfidenceColumns, scale: EffectScale) {
  return {
    head: ['Elapsed', 'Effect', 'Low', 'High', 'Control', 'Treatment'],
    rows: points
      .map(({ seconds, look }) => [
        stopwatch(seconds),
        scale.text(look.point),
        look.low === null ? 'open' : scale.text(look.low),
        look.high === null ? 'open' : scale.text(look.high),
        armText(look.control),
        armText(look.treatment),
      ])
      .reverse(),
  };
}

function summary(
  { title, margin, scale: name, direction, verdict }: ConfidenceChartProps,
  columns: ConfidenceColumns,
) {
  const last = columns.points.at(-1);
  if (last === undefined) return `${title}: no looks yet`;
  const { look, seconds } = last;
  const scale = EFFECT_SCALES[name];
  return (
    `${title}. After ${stopwatch(seconds)}: ${name} ${scale.text(look.point)}, confidence sequence ` +
    `${scale.bounds(look.low, look.high)}, must stay ${direction === 'up' ? 'above' : 'below'} the margin ` +
    `${scale.text(margin)}; control ${armText(look.control)}, treatment ${armText(look.treatment)}.` +
    `${verdict === null ? '' : ` Verdict: ${verdict.label}.`}`
  );
}
