import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricLook } from '../../../../../src/experiments/schema.ts';
import { sampleRatioCommand, treatmentProbability, verdictCommand } from './command.ts';

const questionOf = (command: string, calculation: string) => {
  const [, json] =
    new RegExp(`^echo '(.*)' \\| npx upstack stats ${calculation} --json$`).exec(command) ?? [];
  return JSON.parse(json ?? 'null');
};

test('without a difference an event falls into treatment with the share of treatment', () => {
  assert.ok(Math.abs(treatmentProbability(0.3, 1) - 0.3) < 1e-12);
  assert.ok(Math.abs(treatmentProbability(0.5, 0.8) - 0.8 / 1.8) < 1e-12);
});

test('the command of a metric carries the counts of every stage and the question that was asked of them', () => {
  const stages = [
    { control: 90, treatment: 7, share: 0.1 },
    { control: 50, treatment: 48, share: 0.5 },
  ];
  const goal = { stages, alpha: 0.05, marginRatio: 0.8, direction: 'up' } as MetricLook;
  assert.deepEqual(questionOf(verdictCommand(goal), 'verdict'), {
    stages,
    direction: 'up',
    marginRatio: 0.8,
    alpha: 0.05,
  });
});

test('the command of the sample ratio carries the units of every stage and their shares', () => {
  const stages = [{ control: 900, treatment: 880, share: 0.25 }];
  const sampleRatio = { control: 900, treatment: 880, share: 0.25, logE: 0, mismatch: false, stages };
  assert.deepEqual(questionOf(sampleRatioCommand(sampleRatio), 'srm'), {
    stages: [{ counts: [900, 880], shares: [0.75, 0.25] }],
  });
});
