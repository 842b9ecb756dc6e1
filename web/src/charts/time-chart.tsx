import { useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { minuteOf, NONE } from '../format.ts';
import { timeAxis, valueAxis } from './axes.ts';
import { ChartFrame, type LegendItem } from './chart-frame.tsx';
import { ChartTip, type Hover, hoverOf } from './hover.tsx';
import type { ColourName, Palette } from './palette.ts';
import { Plot } from './plot.tsx';
import { ceiling } from './scale.ts';
import { drawSpans, type Span, spansAt } from './spans.ts';

interface Line {
  label: string;
  colour: ColourName;
  kind: 'line' | 'bar';
  /** Fills the area below a line. */
  area?: boolean;
}

interface TimeChartProps {
  title: string;
  /** Epoch seconds. */
  at: readonly number[];
  lines: readonly Line[];
  values: readonly (readonly (number | null)[])[];
  format(value: number): string;
  height?: number;
  spans?: readonly Span[];
  /** Charts with the same name share their cursor. */
  group?: string;
  /** A summary number above the chart. */
  headline?: string;
  /** What the headline counts; shown beside it. */
  headlineNote?: string;
  className?: string;
}

const NO_SPANS: readonly Span[] = [];

function seriesOf(line: Line, { colour }: Palette): uPlot.Series {
  const stroke = colour(line.colour);
  if (line.kind === 'bar')
    return {
      label: line.label,
      width: 0,
      // Opaque, so that the marks of experiments stay behind it.
      fill: colour(line.colour),
      points: { show: false },
      ...(uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.7, 36], radius: 0.15 }) } : {}),
    };
  return {
    label: line.label,
    stroke,
    width: 1.75,
    points: { show: false },
    ...(line.area ? { fill: colour(line.colour, 0.1) } : {}),
  };
}

/** Lines or bars over the time of day, with experiments marked behind them, a tooltip and a table. */
export function TimeChart(props: TimeChartProps) {
  const { title, at, lines, values, height = 160, headline, headlineNote, className } = props;
  const [hover, setHover] = useState<Hover | null>(null);
  const data = useMemo(() => [at, ...values] as unknown as uPlot.AlignedData, [at, values]);
  const options = useOptions(props, setHover);
  return (
    <ChartFrame
      title={title}
      {...(className === undefined ? {} : { className })}
      legend={legendOf(props)}
      table={() => tableOf(props)}
    >
      {headline !== undefined && (
        <p className="chart-headline">
          {headline}
          {headlineNote !== undefined && <span className="small muted"> {headlineNote}</span>}
        </p>
      )}
      <div className="plot-host">
        <Plot
          label={summary(props)}
          height={height}
          shape={lines.map(({ label }) => label).join()}
          options={options}
          data={data}
        />
        {hover !== null && at[hover.index] !== undefined && <Tip chart={props} hover={hover} />}
      </div>
    </ChartFrame>
  );
}

/** What the plot is drawn with. It is drawn anew when its lines change, and reads the rest from `drawn`. */
function useOptions(props: TimeChartProps, setHover: (hover: Hover | null) => void) {
  const { lines, spans = NO_SPANS, format, group } = props;
  const hasBars = lines.some(({ kind }) => kind === 'bar');
  const drawn = useRef({ spans, minTop: 0, padding: 0 });
  // Counts are whole numbers: an axis that ends at 1 would show halves.
  drawn.current = { spans, minTop: hasBars ? 4 : 0, padding: hasBars ? stepOf(props) / 2 : 0 };
  return (palette: Palette): Omit<uPlot.Options, 'width' | 'height'> => ({
    legend: { show: false },
    padding: [6, 16, 0, 0],
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { size: 7 },
      ...(group ? { sync: { key: group } } : {}),
    },
    scales: {
      x: { range: (_, min, max) => [min - drawn.current.padding, max + drawn.current.padding] },
      y: { range: (_, __, max) => [0, ceiling(Math.max(drawn.current.minTop, max))] },
    },
    axes: [timeAxis(palette), valueAxis(palette, format)],
    series: [{}, ...lines.map((line) => seriesOf(line, palette))],
    hooks: {
      drawClear: [(chart) => drawSpans(chart, drawn.current.spans, palette)],
      setCursor: [(chart) => setHover(hoverOf(chart))],
    },
  });
}

function legendOf({ lines, spans = NO_SPANS }: TimeChartProps): LegendItem[] {
  const names = lines.map(({ label, colour, kind }) => ({ label, colour: `var(--up-${colour})`, kind }));
  const experiment: LegendItem = { label: 'Experiment', colour: 'var(--up-warn-line)', kind: 'band' };
  return [...(lines.length > 1 ? names : []), ...(spans.length > 0 ? [experiment] : [])];
}

/** The same numbers as a table, the latest first. */
function tableOf(props: TimeChartProps): { head: string[]; rows: string[][] } {
  const { at, lines, values, format, spans = NO_SPANS } = props;
  const marked = spans.length > 0;
  return {
    head: ['Time', ...lines.map(({ label }) => label), ...(marked ? ['Experiment'] : [])],
    rows: at
      .map((time, index) => [
        minuteOf(time),
        ...values.map((column) => text(column[index], format)),
        ...(marked ? [spansAt(spans, time, stepOf(props)).join(', ') || NONE] : []),
      ])
      .reverse(),
  };
}

/** Seconds between two values. */
function stepOf({ at }: TimeChartProps): number {
  return (at[1] ?? 60) - (at[0] ?? 0);
}

function Tip({ chart, hover }: { chart: TimeChartProps; hover: Hover }) {
  const { at, lines, values, format, spans = NO_SPANS } = chart;
  const time = at[hover.index] as number;
  return (
    <ChartTip left={hover.left} flip={hover.flip}>
      <strong>{minuteOf(time)}</strong>
      {lines.map((line, index) => (
        <span key={line.label}>
          <i style={{ background: `var(--up-${line.colour})` }} />
          {line.label}
          <b>{text(values[index]?.[hover.index], format)}</b>
        </span>
      ))}
      {spansAt(spans, time, stepOf(chart)).map((name) => (
        <em key={name}>{name}</em>
      ))}
    </ChartTip>
  );
}

function text(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? NONE : format(value);
}

function summary({ title, at, lines, values, format, spans = NO_SPANS }: TimeChartProps): string {
  if (at.length === 0) return `${title}: no data yet`;
  const numbers = lines.map(({ label }, index) => {
    const known = (values[index] ?? []).filter((value): value is number => value !== null);
    if (known.length === 0) return `${label}: none`;
    return `${label}: ${format(known.at(-1) as number)} now, maximum ${format(Math.max(...known))}`;
  });
  const experiments =
    spans.length === 0 ? '' : ` Experiments marked: ${spans.map(({ label }) => label).join(', ')}.`;
  const ends = `${minuteOf(at[0] as number)} to ${minuteOf(at.at(-1) as number)}`;
  return `${title}, ${ends}. ${numbers.join('; ')}.${experiments}`;
}
