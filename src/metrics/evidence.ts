import type { ClaimEvidence } from '../stats/verdict.ts';

/** The question a run asks of a metric. */
export interface Asked {
  /** The effect that decides the claim, on the metric's scale; no change for a guardrail. */
  margin: number;
  /** Probability of a false claim. */
  alpha: number;
}

/** Effect of the treatment, on the metric's scale. */
export interface Effect {
  /** Estimate; null without one. */
  point: number | null;
  /** Bounds of the confidence sequence; null when open. */
  low: number | null;
  high: number | null;
}

/** One arm, for readers. */
export interface ArmEvidence {
  /** Judged units. */
  units: number;
  /** Units with the event, or values other than 0. */
  events: number;
  /** Value of the metric in this arm: "41%"; null without units. */
  value: string | null;
  /** Its source: "12 of 20 units". */
  text: string;
}

/** A calculation of `upstack stats` and its JSON input, which reproduce the evidence. */
export interface Question {
  calculation: string;
  input: Readonly<Record<string, unknown>>;
}

/** The evidence on one metric at one look: all that decision, view, pages and journal read of it. */
export interface Evidence {
  /** ln of the e-value per claim: supported, refuted, harm. */
  claims: ClaimEvidence;
  control: ArmEvidence;
  treatment: ArmEvidence;
  /** Both arms: "12 of 20 units in treatment, 0 of 20 in control". */
  text: string;
  /** A function, because it costs more than the claims and no decision needs it. */
  effect(): Effect;
  /** Count so far over both arms, in the unit of a plan. */
  seen: number;
  /** Median count at which a run is supported when nothing changes; null when it cannot be computed. */
  needed(): number | null;
  /** Method of the statistics core: "counts", "mean", "quantile". */
  method: string;
  question: Question;
}
