import { z } from 'zod';

/** The API's view of runs. `web/` imports these types; the domain types live in `experiment.ts` and `look.ts`. */

const verdictName = z.enum(['supported', 'refuted', 'undecided', 'invalid']);
const decisionName = z.enum(['promote', 'abort', 'conclude']);
const runStatus = z.enum(['running', 'ended']);

const treatmentView = z.object({
  kind: z.string(),
  /** One line for a person: "800 ms latency in shop-payments". */
  text: z.string(),
  /** What the kind says of it, for programs. */
  detail: z.record(z.string(), z.unknown()),
});

const effectScale = z
  .enum(['ratio', 'difference'])
  .describe('what effects and margins are measured on: treatment / control, or treatment - control');

const armEvidence = z.object({
  /** Units that are judged. */
  units: z.number(),
  /** What counts in them: units with the event, values other than 0. */
  events: z.number(),
  /** The metric's value in this arm; null without units. */
  value: z.string().nullable(),
  /** What it was computed from: "12 of 20 units". */
  text: z.string(),
});

/** A calculation of `upstack stats` and its input: computes anew what is shown. */
const question = z.object({ calculation: z.string(), input: z.record(z.string(), z.unknown()) });

const direction = z.enum(['up', 'down']).describe('which way is better');

const metricLook = z.object({
  metric: z.string(),
  role: z.enum(['goal', 'guardrail']),
  direction,
  scale: effectScale,
  /** The effect on which the claim turns: for `up` it must stay above, for `down` below. */
  margin: z.number(),
  control: armEvidence,
  treatment: armEvidence,
  /** The estimated effect; null while there is none. */
  point: z.number().nullable(),
  /** Confidence sequence of the effect; null bounds are open ends. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Natural log of the evidence for each claim; a claim is reached at ln(1/alpha). */
  logESupported: z.number(),
  logERefuted: z.number(),
  logEHarm: z.number(),
  alpha: z.number(),
  /** The calculation of the statistics core that the evidence comes from. */
  method: z.string(),
  question,
  state: z.enum(['open', 'supported', 'refuted', 'harmed']),
  /** The first look that reached the claim, and what it rested on; null while the state is open. */
  reached: z.object({ elapsedMs: z.number(), logE: z.number(), question }).nullable(),
});

export const lookView = z.object({
  at: z.string(),
  elapsedMs: z.number(),
  metrics: z.array(metricLook),
  sampleRatio: z.object({
    control: z.number(),
    treatment: z.number(),
    share: z.number(),
    logE: z.number(),
    mismatch: z.boolean(),
    /** Exposed units per arm in each period of constant share. */
    stages: z.array(z.object({ control: z.number(), treatment: z.number(), share: z.number() })),
  }),
});

const journalEntry = z.object({
  sequence: z.number(),
  at: z.string(),
  kind: z.string(),
  /** One line for a person. */
  text: z.string(),
  detail: z.record(z.string(), z.unknown()),
});

export const runSummary = z.object({
  runId: z.string(),
  experiment: z.string(),
  title: z.string(),
  hypothesis: z.string(),
  status: runStatus,
  verdict: verdictName.nullable(),
  decision: decisionName.nullable(),
  reason: z.string().nullable(),
  function: z.string(),
  treatment: treatmentView,
  unit: z.enum(['person', 'session', 'request']),
  share: z.number(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  maxDurationMs: z.number(),
  startedBy: z.string(),
});

export const runView = runSummary.extend({
  goal: z.object({
    metric: z.string(),
    direction,
    scale: effectScale,
    margin: z.number(),
    description: z.string(),
  }),
  guardrails: z.array(z.object({ metric: z.string(), description: z.string() })),
  /** Every look, thinned to at most 600; the last one is always there. */
  looks: z.array(lookView),
  journal: z.array(journalEntry),
  /** Invocations that met the treatment so far, and when the first and last of them were. */
  injections: z.object({ count: z.number(), firstAt: z.string().nullable(), lastAt: z.string().nullable() }),
  /** The definition as it was given, YAML. */
  source: z.string(),
});

/** What the live stream says about a run: its summary, and what is new since the last message. */
export const runMessage = z.object({
  run: runSummary,
  look: lookView.optional(),
  journal: z.array(journalEntry).optional(),
});

export const planView = z.object({
  experiment: z.string(),
  title: z.string(),
  hypothesis: z.string(),
  function: z.string(),
  share: z.number(),
  /** What has to be counted for a verdict, in the plural: "events". */
  counted: z.string(),
  /** How many of them, both arms together, if the treatment changes nothing; null when nobody can tell. */
  needed: z.number().nullable(),
  /** Observed in the last 10 minutes, per second; null when there were none. */
  perSecond: z.number().nullable(),
  expectedSeconds: z.number().nullable(),
  checks: z.array(
    z.object({ check: z.string(), state: z.enum(['pass', 'fail', 'unknown']), detail: z.string() }),
  ),
});

export type LookView = z.infer<typeof lookView>;
export type MetricLook = z.infer<typeof metricLook>;
export type JournalEntry = z.infer<typeof journalEntry>;
export type RunSummary = z.infer<typeof runSummary>;
export type RunMessage = z.infer<typeof runMessage>;
export type RunView = z.infer<typeof runView>;
export type PlanView = z.infer<typeof planView>;
