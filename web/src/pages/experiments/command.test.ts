import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricLook } from '../../../../src/experiments/schema.ts';
import { checkCommands, treatmentProbability } from './command.ts';

test('without a difference an event falls into treatment with the share of treatment', () => {
  assert.ok(Math.abs(treatmentProbability(0.3, 1) - 0.3) < 1e-12);
  assert.ok(Math.abs(treatmentProbability(0.5, 0.8) - 0.8 / 1.8) < 1e-12);
});

const goal = {
  control: { units: 900, events: 90 },
  treatment: { units: 880, events: 70 },
  alpha: 0.05,
  marginRatio: 0.8,
  direction: 'up',
} as MetricLook;
const sampleRatio = { control: 900, treatment: 880, share: 0.5, logE: 0, mismatch: false };
const questionOf = (command: string, calculation: string) => {
  const [, json] =
    new RegExp(`^echo '(.*)' \\| npx upstack stats ${calculation} --json$`).exec(command) ?? [];
  return JSON.parse(json ?? 'null');
};

test('the commands carry the actual counts and the question that was asked of them', () => {
  const commands = checkCommands(goal, sampleRatio);
  const stages = [{ control: 90, treatment: 70, share: 0.5 }];
  assert.deepEqual(questionOf(commands.verdict, 'verdict'), {
    stages,
    direction: 'up',
    marginRatio: 0.8,
    alpha: 0.05,
  });
  assert.deepEqual(questionOf(commands.counts, 'counts'), {
    stages,
    direction: 'up',
    nullLogRatio: Math.log(0.8),
    scales: [-Math.log(0.8)],
    alpha: 0.05,
  });
});

test('without a margin the prior of the control room stands in', () => {
  const { counts } = checkCommands({ ...goal, marginRatio: 1 }, sampleRatio);
  assert.equal('scales' in questionOf(counts, 'counts'), false);
});
