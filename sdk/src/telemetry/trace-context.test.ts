import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatTraceparent, parseTraceparent, parseTracestate, randomHex } from './trace-context.ts';

const VALID = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('trace context', () => {
  it('reads the example of the recommendation', () => {
    assert.deepEqual(parseTraceparent(VALID), {
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      sampled: true,
    });
  });

  it('reads a later version as far as version 00 goes', () => {
    assert.equal(parseTraceparent(VALID.replace('00-', 'cc-'))?.spanId, 'b7ad6b7169203331');
    assert.equal(parseTraceparent(`${VALID.replace('00-', 'cc-')}-what-the-future-brings`)?.sampled, true);
  });

  it('takes nothing that the recommendation refuses', () => {
    for (const header of [
      '',
      VALID.replace('00-', 'ff-'),
      `${VALID}-more`,
      VALID.toUpperCase(),
      '00-00000000000000000000000000000000-b7ad6b7169203331-01',
      '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01',
      '00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01',
      `${VALID.slice(0, -2)}0x`,
    ]) {
      assert.equal(parseTraceparent(header), undefined, header);
    }
  });

  it('reads back whatever it writes', () => {
    fc.assert(
      fc.property(fc.boolean(), (sampled) => {
        const parent = { traceId: randomHex(32), spanId: randomHex(16), sampled };
        assert.deepEqual(parseTraceparent(formatTraceparent(parent)), parent);
      }),
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => {
        parseTraceparent(header);
        parseTracestate(header);
      }),
    );
  });

  it('makes ids that do not repeat', () => {
    const ids = new Set(Array.from({ length: 10_000 }, () => randomHex(16)));
    assert.equal(ids.size, 10_000);
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
  });

  it('passes a tracestate on only when it can be a header', () => {
    assert.equal(parseTracestate('congo=t61rcWkgMzE'), 'congo=t61rcWkgMzE');
    assert.equal(parseTracestate('a=b\r\nevil: 1'), undefined);
    assert.equal(parseTracestate('x'.repeat(513)), undefined);
  });
});
