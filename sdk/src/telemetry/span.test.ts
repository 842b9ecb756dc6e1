import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Invocation } from '../context.ts';
import { spanOf } from './span.ts';

it('a text is cut at its limit, and half of a character is not passed on', () => {
  const long = `${'x'.repeat(1023)}😀`;
  const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', parentSpanId: '' };
  const invocation = {
    name: long,
    requestId: 'bad\ud83d',
    trace,
    threw: true,
    error: new Error(`😀${long}`),
    statusCode: 0,
    coldStart: false,
    startedAt: 0,
    endedAt: 1,
  } as unknown as Invocation;
  const span = spanOf(invocation, 0);
  assert.equal(span.name, `${'x'.repeat(1023)}\ufffd`);
  assert.equal(span.attributes['faas.invocation_id'], 'bad\ufffd');
  assert.equal(span.failure, `😀${'x'.repeat(1022)}`);
});
