import { IconCircleCheck, IconCircleX, IconHelpCircle } from '@tabler/icons-react';
import type { PlanView } from '../../../../../src/experiments/schema.ts';
import { count, duration, NONE, percent, perSecond } from '../../../format.ts';
import { Card } from '../../../parts/card.tsx';

const STATES = {
  pass: { word: 'Passed', icon: IconCircleCheck },
  fail: { word: 'Failed', icon: IconCircleX },
  unknown: { word: 'Unknown', icon: IconHelpCircle },
} as const;

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** What would happen: readiness, check by check, and the time that a verdict is likely to take. */
export function Plan({ plan }: { plan: PlanView }) {
  const expected = plan.expectedSeconds === null ? NONE : `about ${duration(plan.expectedSeconds * 1000)}`;
  return (
    <>
      <Card title={plan.title}>
        <p style={{ marginBottom: 12 }}>{plan.hypothesis}</p>
        <dl className="facts">
          <dt>Time to a verdict</dt>
          <dd>
            <strong>{expected}</strong>
          </dd>
          <dt>{capital(plan.counted)} needed</dt>
          <dd>
            {plan.needed === null ? 'unknown' : count(Math.ceil(plan.needed))}{' '}
            <span className="muted">if the treatment changes nothing</span>
          </dd>
          <dt>{capital(plan.counted)} now</dt>
          <dd>{plan.perSecond === null ? 'none in the last 10 minutes' : perSecond(plan.perSecond)}</dd>
          <dt>Slice</dt>
          <dd>
            {percent(plan.share)} of units on {plan.function}
          </dd>
        </dl>
      </Card>
      <Card title="Readiness">
        <ul className="checks">
          {plan.checks.map(({ check, state, detail }) => {
            const { word, icon: Icon } = STATES[state];
            return (
              <li key={check} data-state={state}>
                <Icon size={18} stroke={1.8} aria-hidden="true" />
                <div>
                  <p>
                    <strong>{check}</strong> <span className="check-word small">{word}</span>
                  </p>
                  <p className="small muted">{detail}</p>
                </div>
              </li>
            );
          })}
        </ul>
      </Card>
    </>
  );
}
