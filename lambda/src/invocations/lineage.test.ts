import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { FunctionRecord } from '../catalog/records.ts';
import { MAX_FUNCTIONS_IN_LINEAGE, MAX_RECURSIONS } from '../limits.ts';
import { invocationsIn, isLoop, traceHeaderFrom, withInvocation } from './lineage.ts';

const ROOT = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0';

const LINEAGES = fc
  .array(fc.constantFrom('|', '%7C', ':', '0', '3', 'a1b2c3d4', '43e12f0f', 'x'))
  .map((parts) => parts.join(''));
/** Members in any order, some of them twice, and what is none. */
const HEADERS = fc
  .array(
    fc.oneof(
      LINEAGES.map((lineage) => `Lineage=${lineage}`),
      fc.constantFrom('Root=1-2-3', 'Sampled=1', ''),
      fc.string(),
    ),
  )
  .map((members) => members.join(';'));

test('an invocation is told as AWS tells it: the first one as none again', () => {
  const once = withInvocation(ROOT, 'cart');
  assert.match(
    once,
    /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=[0-9a-f]{8}:0$/,
  );
  assert.match(withInvocation(once, 'cart'), /;Lineage=[0-9a-f]{8}:1$/);
});

test('invocations are counted for each function, in any order', () => {
  const names = fc.array(fc.constantFrom('cart', 'orders', 'mail'), { maxLength: 40 });
  fc.assert(
    fc.property(names, (order) => {
      const header = order.reduce(withInvocation, ROOT);
      for (const name of ['cart', 'orders', 'mail']) {
        assert.equal(invocationsIn(header, name), order.filter((one) => one === name).length);
      }
      assert.ok(header.startsWith(ROOT));
    }),
  );
});

test('a long chain of many functions keeps those that were invoked last', () => {
  const names = Array.from({ length: 3 * MAX_FUNCTIONS_IN_LINEAGE }, (_, n) => `function-${n}`);
  const header = names.reduce(withInvocation, ROOT);
  assert.ok(header.length < ROOT.length + 10 + 12 * MAX_FUNCTIONS_IN_LINEAGE);
  const kept = names.filter((name) => invocationsIn(header, name) > 0);
  assert.deepEqual(kept, names.slice(-MAX_FUNCTIONS_IN_LINEAGE));
});

test('whatever a header says, it is read, and an invocation is added to it', () => {
  fc.assert(
    fc.property(HEADERS, (header) => {
      assert.equal(invocationsIn(withInvocation(header, 'cart'), 'cart'), invocationsIn(header, 'cart') + 1);
    }),
  );
  assert.equal(invocationsIn('Root=1;Lineage=;Sampled=1', 'cart'), 0);
  assert.equal(invocationsIn(`${ROOT};Lineage=12345678:-3|x|:|99999999:9999999999`, 'cart'), 0);
});

test('a separator that an SDK has escaped is one', () => {
  const header = ['cart', 'orders', 'cart'].reduce(withInvocation, ROOT).replaceAll('|', '%7C');
  assert.deepEqual([invocationsIn(header, 'cart'), invocationsIn(header, 'orders')], [2, 1]);
});

test('what can be no header is none', () => {
  assert.equal(traceHeaderFrom(ROOT), ROOT);
  for (const bad of [undefined, null, '', 'a\r\nb', 'a\nb', 'ü', '\u010d\u010a', 'x'.repeat(2_049)]) {
    assert.equal(traceHeaderFrom(bad), undefined);
  }
});

test('what goes on is a header again, however long it was', () => {
  for (const length of [2_000, 2_040, 2_048]) {
    const header = withInvocation(`Root=${'1'.repeat(length - 5)}`, 'cart');
    assert.equal(traceHeaderFrom(header), header);
    assert.equal(invocationsIn(header, 'cart'), 1);
  }
});

test('the seventeenth invocation of a function is one too many, unless it may', () => {
  const record = { name: 'cart' } as FunctionRecord;
  let header = ROOT;
  for (let n = 0; n < MAX_RECURSIONS; n++) {
    assert.equal(isLoop(record, header), false);
    header = withInvocation(header, 'cart');
  }
  assert.equal(isLoop(record, header), true);
  assert.equal(isLoop({ ...record, name: 'orders' }, header), false);
  assert.equal(isLoop({ ...record, recursiveLoop: 'Allow' }, header), false);
  assert.equal(isLoop(record, undefined), false);
});
