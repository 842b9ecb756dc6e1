import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costUsd } from './price.ts';

const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${actual} is not ${expected}`);

test("the sum of many invocations is that of AWS's pricing example: 3 million of 120 ms at 1536 MB", () => {
  // aws.amazon.com/lambda/pricing: 540,000 GB-s and 3 million requests, here without the free tier.
  const one = costUsd({ billedMs: 120, memoryMb: 1_536, architecture: 'x86_64' });
  close(3_000_000 * one, 540_000 * 0.0000166667 + 0.6);
});

test('arm64 costs a fifth less for time and the same for requests', () => {
  const price = (architecture: string) => costUsd({ billedMs: 1_000, memoryMb: 1_024, architecture });
  close(price('arm64'), 0.0000133334 + 0.0000002);
  close(price('x86_64'), 0.0000166667 + 0.0000002);
  close(costUsd({ billedMs: 0, memoryMb: 128, architecture: 'arm64' }), 0.0000002);
});
