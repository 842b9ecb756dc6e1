import type { ClaimEvidence } from '../stats/verdict.ts';

/** What is asked of a metric in a run. */
export interface Asked {
  /** The effect on which the claim turns, on the metric's scale; that of no change for a guardrail. */
  margin: number;
  /** How often a false claim may be made. */
  alpha: number;
}

/** Where the effect of the treatment lies, on the metric's scale. */
export interface Effect {
  /** The estimate; null while there is none. */
  point: number | null;
  /** The confidence sequence; null where it is open. */
  low: number | null;
  high: number | null;
}

/** One arm, for people. */
export interface ArmEvidence {
  /** Units that are judged. */
  units: number;
  /** What counts in them: units with the event, values other than 0. */
  events: number;
  /** The metric's value in this arm: "41%"; null without units. */
  value: string | null;
  /** What it was computed from: "12 of 20 units". */
  text: string;
}

/** What `upstack stats` computes the evidence from: the name of a calculation, and its input as a JSON object. */
export interface Question {
  calculation: string;
  input: Readonly<Record<string, unknown>>;
}

/** What a look knows about one metric. Decision, view, pages and journal read this and no counts. */
export interface Evidence {
  /** ln of the e-value for each claim: supported, refuted, harm. */
  claims: ClaimEvidence;
  control: ArmEvidence;
  treatment: ArmEvidence;
  /** Both arms in one phrase: "12 of 20 units in treatment, 0 of 20 in control". */
  text: string;
  /** Takes longer than the claims, and no decision needs it. */
  effect(): Effect;
  /** How many of what a plan counts were seen in both arms together. */
  seen: number;
  /** How many of them half of all runs need until they are supported, if nothing changes; null when nobody can tell. */
  needed(): number | null;
  /** The calculation of the statistics core: "counts", "mean", "quantile". */
  method: string;
  question: Question;
}
