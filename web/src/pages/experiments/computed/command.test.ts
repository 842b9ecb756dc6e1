import assert from 'node:assert/strict';
import { test } from 'node:test';
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

test('the command of a metric carries the question that its evidence answers', () => {
  const stages = [
    { control: 90, treatment: 7, share: 0.1 },
    { control: 50, treatment: 48, share: 0.5 },
  ];
  const input = { stages, direction: 'up', marginRatio: 0.8, alpha: 0.05 };
  const question = { calculation: 'verdict', input };
  assert.deepEqual(questionOf(verdictCommand({ question }), 'verdict'), input);
});

test('the command of the sample ratio carries the units of every stage and their shares', () => {
  const stages = [{ control: 900, treatment: 880, share: 0.25 }];
  const sampleRatio = { control: 900, treatment: 880, share: 0.25, logE: 0, mismatch: false, stages };
  assert.deepEqual(questionOf(sampleRatioCommand(sampleRatio), 'srm'), {
    stages: [{ counts: [900, 880], shares: [0.75, 0.25] }],
  });
});
