import { ChartFrame } from '../../charts/chart-frame.tsx';
import { CurveChart } from '../../charts/people/curve-chart.tsx';
import { count, dayName, percent, share, shortCount } from '../../format.ts';
import { Definition } from '../../parts/definition.tsx';
import { Loaded } from '../../parts/failure.tsx';
import { useResource } from '../../resource.ts';

/** How one feature spreads among people. */
export function Adoption({ event, days, className }: { event: string; days: number; className: string }) {
  const adoption = useResource('showAdoption', { event, days });
  return (
    <ChartFrame
      title={`Adoption: ${event}`}
      className={className}
      aside={
        <Definition of={`Adoption of ${event}`}>
          Adopters: distinct people who used it in the last {days} days. Rate: adopters divided by all active
          people. Repeat: the share of adopters who used it on at least two days. The curve is the running
          total of people who used it for the first time.
        </Definition>
      }
      table={() => ({
        head: ['Day', 'First uses', 'Total'],
        rows: (adoption.data?.firstUses ?? [])
          .map(({ day, people, total }) => [dayName(day), count(people), count(total)])
          .reverse(),
      })}
    >
      <Loaded resource={adoption} height={330}>
        {(view) => (
          <>
            <dl className="figures">
              <div>
                <dt>Adopters</dt>
                <dd>{count(view.adopters)}</dd>
              </div>
              <div>
                <dt>Rate</dt>
                <dd>{percent(view.rate)}</dd>
              </div>
              <div>
                <dt>Uses</dt>
                <dd>{shortCount(view.uses)}</dd>
              </div>
              <div>
                <dt>Repeat</dt>
                <dd>{percent(share(view.repeat, view.adopters))}</dd>
              </div>
            </dl>
            <h3 className="muted">First uses, running total</h3>
            <CurveChart
              label={`First uses of ${event}, running total`}
              names={view.firstUses.map(({ day }) => dayName(day))}
              values={view.firstUses.map(({ total }) => total)}
              format={shortCount}
              height={220}
              area
            />
          </>
        )}
      </Loaded>
    </ChartFrame>
  );
}
