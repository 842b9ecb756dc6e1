import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import { count, dayName, percent } from '../../format.ts';
import { ChartTip } from '../hover.tsx';
import { AXIS_WIDTH, steps } from '../scale.ts';
import { blocksOf, type GrowthPart, type GrowthWeek, growthDomain, slotsOf } from './growth-layout.ts';

const BOTTOM = 24;
const TOP = 20;
const HEIGHT = 300;

export const GROWTH_PARTS: readonly { part: GrowthPart; label: string; colour: string }[] = [
  { part: 'returning', label: 'Returning', colour: 'var(--up-accent-line)' },
  { part: 'new', label: 'New', colour: 'var(--up-good-line)' },
  { part: 'resurrecting', label: 'Resurrecting', colour: 'var(--up-warn-line)' },
  { part: 'dormant', label: 'Dormant', colour: 'var(--up-control)' },
];

interface Scale {
  /** The middle of a week's bar. */
  x(index: number): number;
  y(people: number): number;
  /** Width of a week, and of its bar. */
  slot: number;
  bar: number;
}

/** Growth accounting: one stacked, signed bar per week, labelled with the number of active people. */
export function GrowthChart({ weeks }: { weeks: readonly GrowthWeek[] }) {
  const { ref, width } = useElementSize();
  const [hover, setHover] = useState<number | null>(null);
  const [low, high] = growthDomain(weeks);
  const slots = slotsOf(weeks.length, width);
  const shown = hover === null ? undefined : weeks[hover];
  if (slots === undefined) return <div ref={ref} className="plot-host" style={{ height: HEIGHT }} />;
  const y = (people: number) => TOP + ((high - people) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const scale: Scale = { ...slots, y };
  const every = Math.ceil(52 / Math.max(1, slots.slot));
  return (
    <div ref={ref} className="plot-host" style={{ height: HEIGHT }}>
      <svg width={width} height={HEIGHT} role="img" aria-label={summary(weeks)} className="svg-chart">
        <defs>
          <pattern
            id="settling"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="3" height="6" fill="var(--up-surface)" fillOpacity="0.45" />
          </pattern>
        </defs>
        <Grid values={gridOf(low, high)} width={width} y={y} />
        {weeks.map((week, index) => (
          <g key={week.week} onPointerEnter={() => setHover(index)} onPointerLeave={() => setHover(null)}>
            <Week week={week} index={index} scale={scale} named={(weeks.length - 1 - index) % every === 0} />
          </g>
        ))}
      </svg>
      {shown !== undefined && (
        <Tip week={shown} left={slots.x(hover ?? 0)} flip={(hover ?? 0) >= weeks.length / 2} />
      )}
    </div>
  );
}

/** Where the horizontal lines are; 0 once. */
function gridOf(low: number, high: number): number[] {
  return [...steps(high, 4), ...steps(-low, 2).map((value) => -value)].filter(
    (value, index, all) => all.indexOf(value) === index && Object.is(value, -0) === false,
  );
}

function Grid({ values, width, y }: { values: number[]; width: number; y: Scale['y'] }) {
  return values.map((value) => (
    <g key={value}>
      <line
        className={value === 0 ? 'zero-line' : 'grid-line'}
        x1={AXIS_WIDTH}
        x2={width}
        y1={y(value)}
        y2={y(value)}
      />
      <text x={AXIS_WIDTH - 8} y={y(value)} textAnchor="end" dominantBaseline="middle">
        {value < 0 ? `−${count(-value)}` : count(value)}
      </text>
    </g>
  ));
}

interface WeekProps {
  week: GrowthWeek;
  index: number;
  scale: Scale;
  /** Whether the week's date stands below its bar. */
  named: boolean;
}

function Week({ week, index, scale: { x, y, slot, bar }, named }: WeekProps) {
  return (
    <>
      <rect className="hit" x={x(index) - slot / 2} y={0} width={slot} height={HEIGHT} />
      {blocksOf(week).map(({ part, from, to }) => (
        <Block
          key={part}
          x={x(index) - bar / 2}
          width={bar}
          top={y(to)}
          bottom={y(from)}
          part={part}
          settling={week.settling}
        />
      ))}
      {slot > 30 && (
        <text className="bar-name" x={x(index)} y={y(week.active) - 6} textAnchor="middle">
          {count(week.active)}
        </text>
      )}
      {named && (
        <text x={x(index)} y={HEIGHT - 6} textAnchor="middle">
          {dayName(week.week)}
        </text>
      )}
    </>
  );
}

function Tip({ week, left, flip }: { week: GrowthWeek; left: number; flip: boolean }) {
  return (
    <ChartTip left={left} flip={flip}>
      <strong>
        Week of {dayName(week.week)}
        {week.settling ? ', incomplete' : ''}
      </strong>
      {GROWTH_PARTS.map(({ part, label, colour }) => (
        <span key={part}>
          <i style={{ background: colour }} />
          {label}
          <b>{part === 'dormant' ? `−${count(week.dormant)}` : count(week[part])}</b>
        </span>
      ))}
      <span>
        Active<b>{count(week.active)}</b>
      </span>
      <span>
        Churn<b>{week.settling ? 'incomplete' : percent(week.churn)}</b>
      </span>
    </ChartTip>
  );
}

interface BlockProps {
  x: number;
  width: number;
  top: number;
  bottom: number;
  part: GrowthPart;
  settling: boolean;
}

function Block({ x, width, top, bottom, part, settling }: BlockProps) {
  const size = { x, width, y: top + 0.5, height: Math.max(1, bottom - top - 1), rx: 2 };
  const colour = GROWTH_PARTS.find((candidate) => candidate.part === part)?.colour ?? 'currentColor';
  return (
    <>
      <rect {...size} style={{ fill: colour }} />
      {settling && <rect {...size} fill="url(#settling)" />}
    </>
  );
}

function summary(weeks: readonly GrowthWeek[]): string {
  const last = weeks.findLast(({ settling }) => !settling) ?? weeks.at(-1);
  if (last === undefined) return 'Weekly active people: no data yet';
  return (
    `Weekly active people, ${weeks.length} weeks. Week of ${dayName(last.week)}: ${count(last.active)} active ` +
    `(${count(last.new)} new, ${count(last.returning)} returning, ${count(last.resurrecting)} resurrecting), ` +
    `${count(last.dormant)} dormant.`
  );
}
