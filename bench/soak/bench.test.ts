/** A short run: a leak per invocation, kill or timeout shows here too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowsOf } from './bench.ts';
import { type Size, soak } from './soak.ts';

const SIZE: Size = { invocations: 2_000, block: 500, kills: 4, timeouts: 4 };

test('2,000 invocations with kills and timeouts leave nothing behind', {
  skip: process.platform === 'linux' ? false : 'needs /proc',
  timeout: 120_000,
}, async (context) => {
  const soaked = await soak(SIZE, () => {});
  const { before, after, blocks, ends } = soaked;
  for (const { case: title, value, unit } of rowsOf(soaked, SIZE))
    context.diagnostic(`${title}: ${value} ${unit}`);
  assert.equal(ends.answered + ends.killed + ends.timedOut, SIZE.invocations);
  assert.equal(after.zombies, 0);
  assert.ok(after.processes <= before.processes, `${before.processes} processes became ${after.processes}`);
  assert.ok(
    after.descriptors <= before.descriptors,
    `${before.descriptors} descriptors became ${after.descriptors}`,
  );
  const growth = blocks.at(-1)!.memory.heapUsed / blocks[0]!.memory.heapUsed;
  assert.ok(growth < 1.25, `the heap grew ${growth} times`);
});
