import type { LookView, MetricLook, RunView } from '../../../../../src/experiments/schema.ts';
import { count, evidence, percent, ratio } from '../../../format.ts';
import { FoldedCard } from '../../../parts/card.tsx';
import { Copy } from '../../../parts/copy.tsx';
import { Source } from '../../../parts/source.tsx';
import { sampleRatioCommand, treatmentProbability, verdictCommand } from './command.ts';
import { ComputedValues, exact } from './computed-values.tsx';

/** The statistics in plain words, with the counts of this very run, and the commands that check them. */
export function Computed({ run, look }: { run: RunView; look: LookView | undefined }) {
  const goal = look?.metrics.find(({ metric }) => metric === run.goal.metric);
  return (
    <FoldedCard title="How was this computed?">
      {look === undefined || goal === undefined ? (
        <p className="muted">There are no counts yet; the first look comes within seconds of the start.</p>
      ) : (
        <div className="prose">
          <Steps goal={goal} sampleRatio={look.sampleRatio} />
          <ComputedValues look={look} />
          <Source label="Formula">{FORMULA}</Source>
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

function Steps({ goal, sampleRatio }: { goal: MetricLook; sampleRatio: LookView['sampleRatio'] }) {
  const { control, treatment, alpha, marginRatio, stages } = goal;
  const events = control.events + treatment.events;
  const atOne = treatmentProbability(sampleRatio.share, 1);
  const atMargin = treatmentProbability(sampleRatio.share, marginRatio);
  return (
    <ol>
      <li>
        <strong>Only the events are looked at.</strong> Of {count(control.units)} exposed units in control{' '}
        {count(control.events)} had the event, of {count(treatment.units)} in treatment{' '}
        {count(treatment.events)}: together {count(events)} events
        {stages.length > 1 && ` in ${stages.length} periods of constant share, which are never pooled`}.
      </li>
      <li>
        <strong>Given an event, its arm is a coin.</strong> The share of treatment is{' '}
        {percent(sampleRatio.share)}, so if the treatment changed nothing an event would be in treatment with
        probability {atOne.toFixed(3)}; if the ratio of the rates were exactly the margin {ratio(marginRatio)}
        , with probability {atMargin.toFixed(3)}. Seen so far:{' '}
        {events === 0
          ? 'no event'
          : `${count(treatment.events)} of ${count(events)}, ${(treatment.events / events).toFixed(3)}`}
        .
      </li>
      <li>
        <strong>The evidence is a bet that pays fairly.</strong> For every event, the e-process multiplies its
        value E by how much better other ratios had predicted the arm than the margin did, averaged over many
        such ratios. If the claim were wrong, this bet could not be expected to win; that it ever reaches{' '}
        {evidence(Math.log(1 / alpha))} has a probability of at most {percent(alpha)}, whenever and however
        often one looks (Ville's inequality).
      </li>
      <li>
        <strong>The confidence sequence</strong> is every ratio that neither side of this bet has ruled out.
        Before any of this, the sample ratio is checked: were it off, the run would be invalid.
      </li>
    </ol>
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

const FORMULA = `θₛ(r) = oₛ·r / (1 + oₛ·r)                  oₛ = shareₛ / (1 − shareₛ),  r = ratio of the rates, treatment / control

ln E = ln ∫ π(u) exp Σₛ { x₁ₛ ln( θₛ(r₀·e^±u) / θₛ(r₀) ) + x₀ₛ ln( (1−θₛ(r₀·e^±u)) / (1−θₛ(r₀)) ) } du,   u > 0

x₁ₛ, x₀ₛ  events in treatment and in control during period s of constant share
r₀        the margin (supported, refuted) or 1 (harm)
π         half-normal prior on the log ratio; its scale: |ln margin| for “supported” where there is a margin,
          an equal mixture of 0.3 and 1.2 otherwise
          a claim is made at  ln E ≥ ln(1/α)

Sample ratio, k = 10,000, n = Σ xᵢ:
ln E = Σₛ [ ln Γ(k) − ln Γ(k+nₛ) + Σᵢ ( ln Γ(k·shareᵢₛ + xᵢₛ) − ln Γ(k·shareᵢₛ) − xᵢₛ ln shareᵢₛ ) ]`;
