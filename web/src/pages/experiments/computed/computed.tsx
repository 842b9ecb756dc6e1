import type { LookView, RunView } from '../../../../../src/experiments/schema.ts';
import { FoldedCard } from '../../../parts/card.tsx';
import { Copy } from '../../../parts/copy.tsx';
import { Source } from '../../../parts/source.tsx';
import { sampleRatioCommand, verdictCommand } from './command.ts';
import { ComputedValues, exact } from './computed-values.tsx';
import { methodOf } from './methods.tsx';

/** The statistics in plain words, with the counts of this very run, and the commands that check them. */
export function Computed({ run, look }: { run: RunView; look: LookView | undefined }) {
  const goal = look?.metrics.find(({ metric }) => metric === run.goal.metric);
  const method = methodOf(goal);
  return (
    <FoldedCard title="How was this computed?">
      {look === undefined || goal === undefined ? (
        <p className="muted">There are no counts yet; the first look comes within seconds of the start.</p>
      ) : (
        <div className="prose">
          <method.Steps goal={goal} sampleRatio={look.sampleRatio} />
          <ComputedValues look={look} />
          <Source label="Formula">{`${method.formula}\n\n${SAMPLE_RATIO_FORMULA}`}</Source>
          {look.metrics.map((metric) => (
            <Command
              key={metric.metric}
              title={`Check the row of ${metric.metric} yourself`}
              label={`Command that checks ${metric.metric} of run ${run.runId}`}
              command={verdictCommand(metric)}
            />
          ))}
          <Command
            title={`Check the sample ratio: ln E ${exact(look.sampleRatio.logE)} against the shares, ${exact(Math.log(100))} would void the run`}
            label={`Command that checks the sample ratio of run ${run.runId}`}
            command={sampleRatioCommand(look.sampleRatio)}
          />
        </div>
      )}
    </FoldedCard>
  );
}

function Command({ title, label, command }: { title: string; label: string; command: string }) {
  return (
    <div>
      <div className="command-head">
        <h3>{title}</h3>
        <Copy value={command} what="the command" />
      </div>
      <Source label={label} wrap>
        {command}
      </Source>
    </div>
  );
}

const SAMPLE_RATIO_FORMULA = `Sample ratio, equal mixture over k = 20, 300, 10,000, n = Σ xᵢ:
ln E = Σₛ ln mean_k exp[ ln Γ(k) − ln Γ(k+nₛ) + Σᵢ ( ln Γ(k·shareᵢₛ + xᵢₛ) − ln Γ(k·shareᵢₛ) − xᵢₛ ln shareᵢₛ ) ]`;
