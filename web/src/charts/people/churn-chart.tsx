import { useElementSize } from '@mantine/hooks';
import { dayName, percent } from '../../format.ts';
import { AXIS_WIDTH, ceiling } from '../scale.ts';
import { type GrowthWeek, slotsOf } from './growth-layout.ts';

const HEIGHT = 84;
const TOP = 18;

/** Weekly churn as bars aligned with the growth chart above. An incomplete week has no number. */
export function ChurnChart({ weeks }: { weeks: readonly GrowthWeek[] }) {
  const { ref, width } = useElementSize();
  const top = ceiling(Math.max(0, ...weeks.map(({ churn }) => churn ?? 0)));
  const slots = slotsOf(weeks.length, width);
  const known = weeks.filter(({ churn, settling }) => churn !== null && !settling);
  const label = known.map(({ week, churn }) => `week of ${dayName(week)} ${percent(churn)}`).join(', ');
  return (
    <div ref={ref} className="plot-host" style={{ height: HEIGHT }}>
      {slots && (
        <svg width={width} height={HEIGHT} role="img" aria-label={`Churn: ${label}`} className="svg-chart">
          <line className="zero-line" x1={AXIS_WIDTH} x2={width} y1={HEIGHT - 1} y2={HEIGHT - 1} />
          {weeks.map(({ week, churn, settling }, index) => {
            if (churn === null) return null;
            const height = Math.max(1, (churn / top) * (HEIGHT - TOP - 2));
            const x = slots.x(index);
            return (
              <g key={week}>
                <rect
                  className="churn-bar"
                  data-settling={settling ? '' : undefined}
                  x={x - slots.bar / 2}
                  y={HEIGHT - 1 - height}
                  width={slots.bar}
                  height={height}
                  rx={2}
                >
                  {settling && <title>incomplete week</title>}
                </rect>
                {slots.slot > 30 && !settling && (
                  <text className="bar-name" x={x} y={HEIGHT - 6 - height} textAnchor="middle">
                    {percent(churn)}
                  </text>
                )}
              </g>
            );
          })}
        </svg>
      )}
    </div>
  );
}
