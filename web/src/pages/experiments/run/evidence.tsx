import type { MetricLook, RunView } from '../../../../../src/experiments/schema.ts';
import { Meter } from '../../../charts/meter.tsx';
import { evidence, percent } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';
import { Definition } from '../../../parts/definition.tsx';

/** How far the evidence has come towards each claim about the goal. */
export function Evidence({ run, goal }: { run: RunView; goal: MetricLook | undefined }) {
  return (
    <Card
      title="Evidence"
      aside={
        <Definition of="Evidence">
          How many times better the counts are explained by the claim than by its opposite. A claim that is
          false reaches the needed number with a probability of at most alpha, however often one looks.
        </Definition>
      }
    >
      {goal === undefined ? (
        <p className="muted">
          {run.status === 'running'
            ? 'The first look comes within seconds.'
            : 'The run ended before its first look.'}
        </p>
      ) : (
        <div className="meters">
          <Meter label="Hypothesis supported" logE={goal.logESupported} alpha={goal.alpha} tone="good" />
          <Meter label="Hypothesis refuted" logE={goal.logERefuted} alpha={goal.alpha} tone="bad" />
          <Meter label="Treatment does harm" logE={goal.logEHarm} alpha={goal.alpha} tone="warn" />
          <p className="small muted">
            A claim is made at {evidence(Math.log(1 / goal.alpha))} (alpha {percent(goal.alpha)}); what was
            reached stays reached.
          </p>
        </div>
      )}
    </Card>
  );
}
