import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, experimentWith } from '../definition/experiment.testing.ts';
import { type Facts, readiness } from './readiness.ts';

const EXPERIMENT = experimentWith({
  function: 'pay',
  guardrails: [{ metric: errorsIn('checkout'), critical: false }],
});
const PREPARED: Facts = {
  functionExists: true,
  spansLastMinute: 900,
  goalUnits: 300,
  guardrailUnits: [700],
  activeRun: null,
  expectedSeconds: 95.2,
};

const states = (facts: Facts, experiment = EXPERIMENT) =>
  Object.fromEntries(readiness(experiment, facts).map(({ check, state }) => [check, state]));

test('a prepared experiment passes every check', () => {
  assert.deepEqual(states(PREPARED), {
    Function: 'pass',
    Telemetry: 'pass',
    'Goal metric': 'pass',
    'Guardrail error-rate checkout': 'pass',
    'Free target': 'pass',
    Duration: 'pass',
  });
});

const FLIPS: [Partial<Facts>, string, RegExp][] = [
  [{ functionExists: false }, 'Function', /^there is no function pay: deploy it$/],
  [{ spansLastMinute: 0 }, 'Telemetry', /withUpstack/],
  [{ goalUnits: 0 }, 'Goal metric', /^no unit of pay had the event of conversion/],
  [{ guardrailUnits: [0] }, 'Guardrail error-rate checkout', /invocations of checkout carry a unit/],
  [
    { activeRun: { runId: 'run_1', experiment: 'other' } },
    'Free target',
    /^other \(run_1\) is active on pay/,
  ],
  [
    { expectedSeconds: 400 },
    'Duration',
    /^about 400 s until a verdict if nothing changes, at most 180 s: probably undecided/,
  ],
];

for (const [change, name, detail] of FLIPS) {
  test(`${name} fails alone`, () => {
    const checks = readiness(EXPERIMENT, { ...PREPARED, ...change });
    assert.deepEqual(
      checks.filter(({ state }) => state !== 'pass').map(({ check, state }) => [check, state]),
      [[name, 'fail']],
    );
    assert.match(checks.find(({ check }) => check === name)?.detail ?? '', detail);
  });
}

test('a missing fact is unknown, and an experiment without guardrails fails', () => {
  const unknown: Facts = {
    functionExists: undefined,
    spansLastMinute: undefined,
    goalUnits: undefined,
    guardrailUnits: [undefined],
    activeRun: undefined,
    expectedSeconds: undefined,
  };
  assert.ok(Object.values(states(unknown)).every((state) => state === 'unknown'));
  assert.equal(states({ ...PREPARED, expectedSeconds: null }).Duration, 'unknown');
  assert.equal(
    states({ ...PREPARED, guardrailUnits: [] }, { ...EXPERIMENT, guardrails: [] }).Guardrails,
    'fail',
  );
});
