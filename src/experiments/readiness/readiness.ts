import { metricKind } from '../../metrics/kinds.ts';
import type { Experiment } from '../definition/experiment.ts';
import type { PlanView } from '../schema.ts';

export type Check = PlanView['checks'][number];

/** Known facts before a run; undefined means unknown. */
export interface Facts {
  functionExists: boolean | undefined;
  /** Invocations of the function with telemetry in the last minute. */
  spansLastMinute: number | undefined;
  /** Units of the function that counted for the goal in the last ten minutes. */
  goalUnits: number | undefined;
  /** Units with invocations that a guardrail would judge in the last ten minutes, in the order of the guardrails. */
  guardrailUnits: (number | undefined)[];
  /** A run that is active on the function. */
  activeRun: { runId: string; experiment: string } | null | undefined;
  /** Until a verdict if the treatment changes nothing; null when there was nothing to tell from. */
  expectedSeconds: number | null | undefined;
}

/** The checks of preparedness, in the order in which a person would put them right. What is unknown does not pass. */
export function readiness(experiment: Experiment, facts: Facts): Check[] {
  const { function: target, guardrails, maxDurationMs } = experiment;
  return [
    check('Function', facts.functionExists, (exists) =>
      exists ? pass(`${target} exists`) : fail(`there is no function ${target}: deploy it`),
    ),
    check('Telemetry', facts.spansLastMinute, (spans) =>
      spans > 0
        ? pass(`telemetry from ${spans} invocations of ${target} in the last minute`)
        : fail(
            `no telemetry from ${target} in the last minute: wrap its handler with withUpstack and send it traffic`,
          ),
    ),
    goalCheck(experiment, facts),
    ...guardrailChecks(experiment, facts),
    ...(guardrails.length === 0
      ? [
          {
            check: 'Guardrails',
            ...fail('there is none: add one under guardrails, so that harm ends the run'),
          },
        ]
      : []),
    check('Free target', facts.activeRun, (active) =>
      active === null
        ? pass(`no other run is active on ${target}`)
        : fail(`${active.experiment} (${active.runId}) is active on ${target}: wait for it or abort it`),
    ),
    check('Duration', facts.expectedSeconds, (seconds) =>
      durationCheck(seconds, maxDurationMs / 1000, metricKind(experiment.goal.metric).counted),
    ),
  ];
}

type Outcome = Omit<Check, 'check'>;
const pass = (detail: string): Outcome => ({ state: 'pass', detail });
const fail = (detail: string): Outcome => ({ state: 'fail', detail });

function check<Fact>(name: string, fact: Fact | undefined, judge: (fact: Fact) => Outcome): Check {
  if (fact === undefined)
    return { check: name, state: 'unknown', detail: 'unknown: an engine did not respond' };
  return { check: name, ...judge(fact) };
}

function goalCheck({ function: target, goal: { metric } }: Experiment, { goalUnits }: Facts): Check {
  const occurrence = metricKind(metric).occurrence(metric);
  return check('Goal metric', goalUnits, (units) =>
    units > 0
      ? pass(`${units} units of ${target} had ${occurrence} in the last 10 minutes`)
      : fail(
          `no unit of ${target} had ${occurrence} in the last 10 minutes: check its name and that the unit is on it`,
        ),
  );
}

function guardrailChecks({ guardrails, function: target }: Experiment, { guardrailUnits }: Facts): Check[] {
  return guardrails.map(({ metric }, i) => {
    const kind = metricKind(metric);
    const where = kind.functionOf(metric) ?? target;
    return check(`Guardrail ${kind.label(metric)}`, guardrailUnits[i], (units) =>
      units > 0
        ? pass(`data of ${units} units in the last 10 minutes`)
        : fail(`no data in the last 10 minutes: check that invocations of ${where} carry a unit`),
    );
  });
}

function durationCheck(seconds: number | null, mostSeconds: number, counted: string): Outcome {
  const most = `${Math.round(mostSeconds)} s`;
  if (seconds === null)
    return { state: 'unknown', detail: `no ${counted} to tell from; the run ends after ${most}` };
  const expected = `about ${Math.ceil(seconds)} s until a verdict if nothing changes, at most ${most}`;
  return seconds <= mostSeconds
    ? pass(expected)
    : fail(`${expected}: probably undecided; allow more time or a wider margin`);
}
