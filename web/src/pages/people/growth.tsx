import type { GrowthView } from '../../../../src/product/schema.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { ChurnChart } from '../../charts/people/churn-chart.tsx';
import { GROWTH_PARTS, GrowthChart } from '../../charts/people/growth-chart.tsx';
import { count, dayName, percent } from '../../format.ts';
import { Definition } from '../../parts/definition.tsx';

/** Growth accounting and churn on one time axis. */
export function Growth({ weeks }: { weeks: GrowthView['weeks'] }) {
  return (
    <ChartFrame
      title="Weekly active people"
      aside={
        <Definition of="Weekly active people">
          New: active for the first time ever. Returning: also active in the previous week. Resurrecting:
          active earlier, but not in the previous week. Dormant: active in the previous week, but not in this
          one. Active = new + returning + resurrecting.
        </Definition>
      }
      legend={[
        ...GROWTH_PARTS.map(({ label, colour }) => ({ label, colour, kind: 'bar' as const })),
        { label: 'Incomplete week', colour: 'var(--up-text-3)', kind: 'hatch' },
      ]}
      table={() => ({
        head: ['Week of', 'Active', 'New', 'Returning', 'Resurrecting', 'Dormant', 'Churn'],
        rows: weeks
          .map((week) => [
            `${dayName(week.week)}${week.settling ? ' (incomplete)' : ''}`,
            count(week.active),
            count(week.new),
            count(week.returning),
            count(week.resurrecting),
            count(week.dormant),
            week.settling ? 'incomplete' : percent(week.churn),
          ])
          .reverse(),
      })}
    >
      <GrowthChart weeks={weeks} />
      <div className="sub-chart">
        <h3>
          Churn
          <Definition of="Churn">
            The share of people active in the previous week who are not active in this one.
          </Definition>
        </h3>
        <ChurnChart weeks={weeks} />
      </div>
    </ChartFrame>
  );
}
