import { count } from '../format.ts';

const WIDTH = 104;
const HEIGHT = 26;

/** A tiny line of counts, oldest first, for a row of a table. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const max = Math.max(1, ...values);
  const x = (index: number) => 1 + (index / Math.max(1, values.length - 1)) * (WIDTH - 2);
  const y = (value: number) => HEIGHT - 2 - (value / max) * (HEIGHT - 5);
  const line = values.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  const total = values.reduce((sum, value) => sum + value, 0);
  return (
    <svg
      className="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${label}: ${count(total)} in total, ${count(values.at(-1) ?? 0)} in the last minute, maximum ${count(max)}`}
    >
      <polygon points={`1,${HEIGHT} ${line} ${WIDTH - 1},${HEIGHT}`} />
      <polyline points={line} />
    </svg>
  );
}
