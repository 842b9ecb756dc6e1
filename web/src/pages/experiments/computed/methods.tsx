import type { ReactElement } from 'react';
import type { LookView, MetricLook } from '../../../../../src/experiments/schema.ts';
import { EFFECT_SCALES } from '../../../charts/confidence/effect-scale.ts';
import { count, evidence, percent, ratio } from '../../../format.ts';
import { treatmentProbability } from './command.ts';

interface Shown {
  goal: MetricLook;
  sampleRatio: LookView['sampleRatio'];
}

/** One way of the statistics core to weigh evidence, in plain words with the numbers of a run. */
export interface Method {
  Steps(shown: Shown): ReactElement;
  formula: string;
}

function CountsSteps({ goal, sampleRatio }: Shown) {
  const { control, treatment, alpha, margin } = goal;
  const periods = sampleRatio.stages.length;
  const events = control.events + treatment.events;
  const atOne = treatmentProbability(sampleRatio.share, 1);
  const atMargin = treatmentProbability(sampleRatio.share, margin);
  return (
    <ol>
      <li>
        <strong>Only the events are looked at.</strong> Of {count(control.units)} exposed units in control{' '}
        {count(control.events)} had the event, of {count(treatment.units)} in treatment{' '}
        {count(treatment.events)}: together {count(events)} events
        {periods > 1 && ` in ${periods} periods of constant share, which are never pooled`}.
      </li>
      <li>
        <strong>Given an event, its arm is a coin.</strong> The share of treatment is{' '}
        {percent(sampleRatio.share)}, so if the treatment changed nothing an event would be in treatment with
        probability {atOne.toFixed(3)}; if the ratio of the rates were exactly the margin {ratio(margin)},
        with probability {atMargin.toFixed(3)}. Seen so far:{' '}
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

function GeneralSteps({ goal }: Shown) {
  const { control, treatment, alpha, margin } = goal;
  return (
    <ol>
      <li>
        <strong>Both arms are compared.</strong> Control: {control.value ?? 'no value yet'} ({control.text});
        treatment: {treatment.value ?? 'no value yet'} ({treatment.text}). The margin is{' '}
        {EFFECT_SCALES[goal.scale].text(margin)}.
      </li>
      <li>
        <strong>The evidence is a bet that pays fairly.</strong> If a claim were wrong, its e-value E could
        not be expected to grow; that it ever reaches {evidence(Math.log(1 / alpha))} has a probability of at
        most {percent(alpha)}, whenever and however often one looks (Ville's inequality).
      </li>
      <li>
        <strong>The confidence sequence</strong> is every effect that neither side of this bet has ruled out.
        Before any of this, the sample ratio is checked: were it off, the run would be invalid.
      </li>
    </ol>
  );
}

const COUNTS_FORMULA = `θₛ(r) = oₛ·r / (1 + oₛ·r)                  oₛ = shareₛ / (1 − shareₛ),  r = ratio of the rates, treatment / control

ln E = ln ∫ π(u) exp Σₛ { x₁ₛ ln( θₛ(r₀·e^±u) / θₛ(r₀) ) + x₀ₛ ln( (1−θₛ(r₀·e^±u)) / (1−θₛ(r₀)) ) } du,   u > 0

x₁ₛ, x₀ₛ  events in treatment and in control during period s of constant share
r₀        the margin (supported, refuted) or 1 (harm)
π         half-normal prior on the log ratio; its scale: |ln margin| for “supported” where there is a margin,
          an equal mixture of 0.3 and 1.2 otherwise
          a claim is made at  ln E ≥ ln(1/α)`;

const GENERAL_FORMULA = 'a claim is made at  ln E ≥ ln(1/α)';

const GENERAL: Method = { Steps: GeneralSteps, formula: GENERAL_FORMULA };

/** By the calculation that a look names; any other is told in general. */
const METHODS: Readonly<Record<string, Method>> = {
  counts: { Steps: CountsSteps, formula: COUNTS_FORMULA },
};

export function methodOf(goal: Pick<MetricLook, 'method'> | undefined): Method {
  return METHODS[goal?.method ?? ''] ?? GENERAL;
}
