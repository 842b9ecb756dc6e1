import type { LookView, MetricLook, RunView } from '../../../../src/experiments/schema.ts';
import { count, evidence, percent, ratio } from '../../format.ts';
import { FoldedCard } from '../../parts/card.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Source } from '../../parts/source.tsx';
import { checkCommands, treatmentProbability } from './command.ts';

interface ComputedProps {
  run: RunView;
  goal: MetricLook | undefined;
  sampleRatio: LookView['sampleRatio'] | undefined;
}

/** The statistics in plain words, with the counts of this very run, and the command that checks them. */
export function Computed({ run, goal, sampleRatio }: ComputedProps) {
  return (
    <FoldedCard title="How was this computed?">
      {goal === undefined || sampleRatio === undefined ? (
        <p className="muted">There are no counts yet; the first look comes within seconds of the start.</p>
      ) : (
        <Steps run={run} goal={goal} sampleRatio={sampleRatio} />
      )}
    </FoldedCard>
  );
}

function Steps({
  run,
  goal,
  sampleRatio,
}: {
  run: RunView;
  goal: MetricLook;
  sampleRatio: LookView['sampleRatio'];
}) {
  const { control, treatment, alpha, marginRatio, direction } = goal;
  const events = control.events + treatment.events;
  const atOne = treatmentProbability(sampleRatio.share, 1);
  const atMargin = treatmentProbability(sampleRatio.share, marginRatio);
  const commands = checkCommands(goal, sampleRatio);
  const side = direction === 'up' ? 'above' : 'below';
  const needed = evidence(Math.log(1 / alpha));
  return (
    <div className="prose">
      <ol>
        <li>
          <strong>Only the events are looked at.</strong> Of {count(control.units)} exposed units in control{' '}
          {count(control.events)} had the event, of {count(treatment.units)} in treatment{' '}
          {count(treatment.events)}: together {count(events)} events.
        </li>
        <li>
          <strong>Given an event, its arm is a coin.</strong> The share of treatment is{' '}
          {percent(sampleRatio.share)}, so if the treatment changed nothing an event would be in treatment
          with probability {atOne.toFixed(3)}; if the ratio of the rates were exactly the margin{' '}
          {ratio(marginRatio)}, with probability {atMargin.toFixed(3)}. Seen so far:{' '}
          {events === 0
            ? 'no event'
            : `${count(treatment.events)} of ${count(events)}, ${(treatment.events / events).toFixed(3)}`}
          .
        </li>
        <li>
          <strong>The evidence is a bet that pays fairly.</strong> For every event, the e-process multiplies
          its value by how much better other ratios had predicted the arm than the margin did, averaged over
          many such ratios. If the hypothesis were wrong, this bet could not be expected to win; that it ever
          reaches {needed} has a probability of at most {percent(alpha)}, whenever and however often one looks
          (Ville's inequality).
        </li>
        <li>
          <strong>Where it stands.</strong> For “the ratio is {side} the margin” (supported) the value is{' '}
          {evidence(goal.logESupported)}, for the contrary (refuted) {evidence(goal.logERefuted)}, for “worse
          than control at all” (harm) {evidence(goal.logEHarm)}; {needed} is needed.
        </li>
        <li>
          <strong>The confidence sequence</strong> is every ratio that neither side of this bet has ruled out.
          Before any of this, the sample ratio is checked: were it off, the run would be invalid.
        </li>
      </ol>
      <Source label="Formula">{FORMULA}</Source>
      <Command
        title="Check the three values yourself (as natural logarithms)"
        label={`Command that checks run ${run.runId}`}
        command={commands.verdict}
      />
      <Command
        title="The evidence for “supported” alone, with its null and its prior spelt out"
        label={`Command that checks the support of run ${run.runId}`}
        command={commands.counts}
      />
    </div>
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

const FORMULA = `θ(r) = o·r / (1 + o·r)                     o = share / (1 − share),  r = ratio of the rates, treatment / control

ln E = ln ∫ π(u) exp{ x₁ ln( θ(r₀·e^±u) / θ(r₀) ) + x₀ ln( (1−θ(r₀·e^±u)) / (1−θ(r₀)) ) } du,   u > 0

x₁, x₀   events in treatment and in control        r₀   the margin (supported, refuted) or 1 (harm)
π        half-normal prior on the log ratio        a claim is made at  ln E ≥ ln(1/α)
         its scale: |ln margin| for “supported”, an equal mixture of 0.2 and 1 for the others`;
