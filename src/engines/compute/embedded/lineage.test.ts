import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FunctionRecord } from './catalog/records.ts';
import { MOST_FUNCTIONS_IN_LINEAGE, MOST_RECURSIONS } from './limits.ts';
import { isLoop, runsIn, withRun } from './lineage.ts';

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';

test('a run is told as AWS tells it: the first one as none again', () => {
  const once = withRun(ROOT, 'cart');
  assert.match(
    once,
    /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=[0-9a-f]{8}:0$/,
  );
  assert.match(withRun(once, 'cart'), /;Lineage=[0-9a-f]{8}:1$/);
});

test('runs are counted for each function, in any order', () => {
  const names = fc.array(fc.constantFrom('cart', 'orders', 'mail'), { maxLength: 40 });
  fc.assert(
    fc.property(names, (runs) => {
      const header = runs.reduce(withRun, ROOT);
      for (const name of ['cart', 'orders', 'mail']) {
        assert.equal(runsIn(header, name), runs.filter((one) => one === name).length);
      }
      assert.ok(header.startsWith(ROOT));
    }),
  );
});

test('a long chain of many functions keeps those that ran last', () => {
  const names = Array.from({ length: 3 * MOST_FUNCTIONS_IN_LINEAGE }, (_, n) => `function-${n}`);
  const header = names.reduce(withRun, ROOT);
  assert.ok(header.length < ROOT.length + 10 + 12 * MOST_FUNCTIONS_IN_LINEAGE);
  const kept = names.filter((name) => runsIn(header, name) > 0);
  assert.deepEqual(kept, names.slice(-MOST_FUNCTIONS_IN_LINEAGE));
});

test('whatever a header says, it is read, and a run is added to it', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      assert.equal(runsIn(withRun(header, 'cart'), 'cart'), runsIn(header, 'cart') + 1);
    }),
  );
  assert.equal(runsIn('Root=1;Lineage=;Sampled=1', 'cart'), 0);
  assert.equal(runsIn(`${ROOT};Lineage=12345678:-3|x|:|99999999:9999999999`, 'cart'), 0);
});

test('the seventeenth run of a function is one too many, unless it may', () => {
  const record = { name: 'cart' } as FunctionRecord;
  let header = ROOT;
  for (let n = 0; n < MOST_RECURSIONS; n++) {
    assert.equal(isLoop(record, header), false);
    header = withRun(header, 'cart');
  }
  assert.equal(isLoop(record, header), true);
  assert.equal(isLoop({ ...record, name: 'orders' }, header), false);
  assert.equal(isLoop({ ...record, recursiveLoop: 'Allow' }, header), false);
  assert.equal(isLoop(record, undefined), false);
});
