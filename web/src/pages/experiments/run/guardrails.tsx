import type { RunView } from '../../../../../src/experiments/schema.ts';
import { ConfidenceChart } from '../../../charts/confidence/confidence-chart.tsx';
import { evidence } from '../../../format.ts';

/** What must not get worse meanwhile: a small confidence sequence each. */
export function Guardrails({ run }: { run: RunView }) {
  const last = run.looks.at(-1);
  const seconds = (last?.elapsedMs ?? 0) / 1000;
  const shown = run.guardrails.flatMap(({ metric, description }) => {
    const look = last?.metrics.find((candidate) => candidate.metric === metric);
    return look === undefined ? [] : [{ metric, description, look }];
  });
  if (shown.length === 0) return null;
  const width = shown.length === 1 ? '' : shown.length === 2 ? 'span-6' : 'span-4';
  return (
    <div className="grid">
      {shown.map(({ metric, description, look }) => (
        <ConfidenceChart
          key={metric}
          title={`Guardrail: ${metric}`}
          className={`${width} fill`}
          looks={run.looks}
          metric={metric}
          margin={look.margin}
          scale={look.scale}
          direction={look.direction}
          verdict={look.state === 'harmed' ? { label: 'harmed', colour: 'bad-line' } : null}
          untilSeconds={seconds}
          note={`${description} · evidence of harm: ${evidence(look.logEHarm)} of the ${evidence(Math.log(1 / look.alpha))} that end the run`}
          small
        />
      ))}
    </div>
  );
}
