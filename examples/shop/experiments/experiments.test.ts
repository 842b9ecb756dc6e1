import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { SHOP_FUNCTIONS } from '../deploy.ts';

interface Extension {
  name: string;
  experiment: string;
  target: { function: string };
  treatment: { fault: { kind: string; ms?: number; status?: number; message?: string } };
  slice: { unit: string; share: string };
  goal: { metric: string; event: string; within: string; margin: string };
  guardrails: { metric: string; function?: string }[];
  maxDuration: string;
}
interface ChaosExperiment {
  title: string;
  description: string;
  tags: string[];
  'steady-state-hypothesis': { title: string; probes: unknown[] };
  method: unknown[];
  rollbacks: unknown[];
  extensions: Extension[];
}

const functions = SHOP_FUNCTIONS.map(({ name }) => name);
const files = globSync('*.yaml', { cwd: import.meta.dirname }).sort();

test('the tutorial has three experiments', () => {
  assert.deepEqual(files, ['payments-failing.yaml', 'payments-slow.yaml', 'recommendations-slow.yaml']);
});

for (const file of files) {
  test(`${file} is a Chaos Toolkit experiment with the Upstack extension`, () => {
    const experiment = parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as ChaosExperiment;
    for (const text of [
      experiment.title,
      experiment.description,
      experiment['steady-state-hypothesis'].title,
    ]) {
      assert.ok(typeof text === 'string' && text.length > 10);
    }
    assert.ok(experiment.tags.every((tag) => typeof tag === 'string'));
    assert.deepEqual(
      [experiment['steady-state-hypothesis'].probes, experiment.method, experiment.rollbacks],
      [[], [], []],
    );
    assert.equal(experiment.extensions.length, 1);
    const { name, ...upstack } = experiment.extensions[0] as Extension;
    assert.equal(name, 'upstack');
    assert.equal(upstack.experiment, basename(file, '.yaml'));
    assert.ok(functions.includes(upstack.target.function));
    const { fault } = upstack.treatment;
    if (fault.kind === 'latency')
      assert.ok(
        Number.isInteger(fault.ms) && experiment['steady-state-hypothesis'].title.includes(`${fault.ms} ms`),
      );
    else assert.deepEqual([fault.kind, fault.status, typeof fault.message], ['error', 503, 'string']);
    assert.deepEqual(upstack.slice, { unit: 'session', share: '50%' });
    assert.equal(upstack.goal.metric, 'conversion');
    assert.equal(upstack.goal.event, 'Order Completed');
    assert.match(upstack.goal.within, /^\d+s$/);
    assert.match(upstack.goal.margin, /^\d+%$/);
    assert.ok(
      upstack.guardrails.every(
        (guardrail) => guardrail.metric === 'error-rate' && functions.includes(guardrail.function ?? ''),
      ),
    );
    assert.match(upstack.maxDuration, /^\d+m$/);
  });
}
