import { z } from 'zod';

/** The API's view of runs. `web/` imports these types; the domain types live in `experiment.ts` and `look.ts`. */

const verdictName = z.enum(['supported', 'refuted', 'undecided', 'invalid']);
const decisionName = z.enum(['promote', 'abort', 'conclude']);
const runStatus = z.enum(['running', 'ended']);

const faultView = z.object({
  kind: z.enum(['latency', 'error']),
  ms: z.number().optional(),
  status: z.number().optional(),
  message: z.string().optional(),
  dependency: z.string().optional(),
});

const armCounts = z.object({
  /** Exposed units. */
  units: z.number(),
  /** Units whose metric event happened. */
  events: z.number(),
});

/** What evidence rests on: counts per arm in each period of constant share. */
const stageCounts = z.array(z.object({ control: z.number(), treatment: z.number(), share: z.number() }));

const metricLook = z.object({
  metric: z.string(),
  role: z.enum(['goal', 'guardrail']),
  direction: z.enum(['up', 'down']).describe('which way is better'),
  /** The ratio treatment / control on which the hypothesis turns: for `up` it must stay above, for `down` below. */
  marginRatio: z.number(),
  control: armCounts,
  treatment: armCounts,
  /** Estimated ratio of the event rates, treatment / control; null while an arm has none. */
  ratio: z.number().nullable(),
  /** Confidence sequence of the ratio; null bounds are open ends. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  /** Natural log of the evidence for each claim; a claim is reached at ln(1/alpha). */
  logESupported: z.number(),
  logERefuted: z.number(),
  logEHarm: z.number(),
  alpha: z.number(),
  stages: stageCounts,
  state: z.enum(['open', 'supported', 'refuted', 'harmed']),
  /** The first look that reached the claim, and what it rested on; null while the state is open. */
  reached: z.object({ elapsedMs: z.number(), logE: z.number(), stages: stageCounts }).nullable(),
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
    stages: stageCounts,
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
  fault: faultView,
  unit: z.enum(['person', 'session', 'request']),
  share: z.number(),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  maxDurationMs: z.number(),
  startedBy: z.string(),
});

export const runView = runSummary.extend({
  goal: z.object({ metric: z.string(), marginRatio: z.number(), description: z.string() }),
  guardrails: z.array(z.object({ metric: z.string(), description: z.string() })),
  /** Every look, thinned to at most 600; the last one is always there. */
  looks: z.array(lookView),
  journal: z.array(journalEntry),
  /** Invocations that met the fault so far, and when the first and last of them were. */
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
  /** Metric events needed, both arms together, for a verdict if the treatment changes nothing. */
  eventsNeeded: z.number(),
  /** Observed in the last 10 minutes, per second; null when there were none. */
  eventsPerSecond: z.number().nullable(),
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
