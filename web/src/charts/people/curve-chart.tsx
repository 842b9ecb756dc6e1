import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { ChartTip } from '../hover.tsx';
import { AXIS_WIDTH, ceiling, steps } from '../scale.ts';

interface CurveChartProps {
  label: string;
  /** One per point, on the x axis. */
  names: readonly string[];
  values: readonly (number | null)[];
  format(value: number): string;
  /** The end of the y axis; by default a round number at or above the maximum. */
  top?: number;
  height?: number;
  area?: boolean;
}

const BOTTOM = 24;
const TOP = 10;

/** An SVG curve over named points (weeks later, days). Nulls are skipped. */
export function CurveChart({ label, names, values, format, top, height = 200, area }: CurveChartProps) {
  const { ref, width } = useElementSize();
  const [hover, setHover] = useState<number | null>(null);
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]));
  const end = top ?? ceiling(Math.max(0, ...known.map(({ value }) => value)));
  const x = (index: number) =>
    AXIS_WIDTH + (index / Math.max(1, values.length - 1)) * (width - AXIS_WIDTH - 14);
  const y = (value: number) => TOP + (1 - value / end) * (height - TOP - BOTTOM);
  const line = known.map(({ value, index }) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const every = Math.max(1, Math.ceil(values.length / Math.max(2, Math.floor((width - AXIS_WIDTH) / 56))));
  const shown = hover === null ? undefined : known.find(({ index }) => index === hover);

  return (
    <div ref={ref} className="plot-host" style={{ height }}>
      {width > AXIS_WIDTH && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`${label}: ${known.map(({ value, index }) => `${names[index]} ${format(value)}`).join(', ')}`}
          className="svg-chart"
          onPointerLeave={() => setHover(null)}
          onPointerMove={(event) => {
            const offset = event.clientX - event.currentTarget.getBoundingClientRect().left - AXIS_WIDTH;
            const index = Math.round((offset / (width - AXIS_WIDTH - 14)) * (values.length - 1));
            setHover(Math.min(values.length - 1, Math.max(0, index)));
          }}
        >
          {steps(end, 4).map((value) => (
            <g key={value}>
              <line className="grid-line" x1={AXIS_WIDTH} x2={width} y1={y(value)} y2={y(value)} />
              <text x={AXIS_WIDTH - 8} y={y(value)} textAnchor="end" dominantBaseline="middle">
                {format(value)}
              </text>
            </g>
          ))}
          {names.map((name, index) =>
            index % every === 0 ? (
              <text key={name} x={x(index)} y={height - 6} textAnchor={index === 0 ? 'start' : 'middle'}>
                {name}
              </text>
            ) : null,
          )}
          {area && known.length > 1 && (
            <polygon
              className="curve-area"
              points={`${x(known[0]?.index ?? 0)},${y(0)} ${line} ${x(known.at(-1)?.index ?? 0)},${y(0)}`}
            />
          )}
          <polyline className="curve" points={line} />
          {(area ? known.slice(-1) : known).map(({ value, index }) => (
            <circle key={index} className="curve-dot" cx={x(index)} cy={y(value)} r={3.5} />
          ))}
          {shown !== undefined && (
            <circle className="curve-dot" cx={x(shown.index)} cy={y(shown.value)} r={5} />
          )}
        </svg>
      )}
      {shown !== undefined && (
        <ChartTip left={x(shown.index)} flip={shown.index >= values.length / 2}>
          <strong>{names[shown.index]}</strong>
          <span>
            <b>{format(shown.value)}</b>
          </span>
        </ChartTip>
      )}
    </div>
  );
}
