import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { findUnit, readContextHeaders } from './unit.ts';

const unitOf = (event: unknown, own?: string) => findUnit(readContextHeaders(event), own);

describe('the unit of an event', () => {
  it('comes from baggage first, then the option, the header and the cookie', () => {
    const event = {
      headers: {
        Baggage: 'upstack.unit=from%20baggage',
        'X-Upstack-Unit': 'from-header',
        cookie: 'a=b',
      } as Record<string, string>,
      cookies: ['a=b', 'upstack_unit=from%2Dcookie'],
    };
    assert.equal(unitOf(event, 'from-option'), 'from baggage');
    delete event.headers.Baggage;
    assert.equal(unitOf(event, 'from-option'), 'from-option');
    assert.equal(unitOf(event), 'from-header');
    delete event.headers['X-Upstack-Unit'];
    assert.equal(unitOf(event), 'from-cookie');
    assert.equal(unitOf({ headers: { Cookie: 'x=1; upstack_unit=c; y=2' } }), 'c');
    assert.equal(unitOf({ headers: { cookie: 'not_upstack_unit=c' } }), undefined);
  });

  it('comes from the option alone when the event is not HTTP', () => {
    for (const event of [
      null,
      undefined,
      'text',
      7,
      [],
      {},
      { headers: null },
      { headers: 'x' },
      { Records: [] },
    ]) {
      assert.equal(readContextHeaders(event), undefined);
      assert.equal(unitOf(event, 'own'), 'own');
    }
  });

  it('reads any headers without throwing, and only strings', () => {
    const names = fc.constantFrom(
      'traceparent',
      'Baggage',
      'X-UPSTACK-UNIT',
      'cookie',
      'tracestate',
      'host',
      '',
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.anything()), fc.anything(), (headers, cookies) => {
        const found = readContextHeaders({
          headers,
          cookies: cookies === null ? [] : String(typeof cookies),
        });
        for (const value of Object.values(found ?? {})) assert.equal(typeof value, 'string');
        findUnit(found, undefined);
      }),
    );
  });

  it('looks at no more than 200 headers', () => {
    const headers: Record<string, string> = {};
    for (let i = 0; i < 100_000; i++) headers[`h${i}`] = '';
    headers['x-upstack-unit'] = 'too-far';
    assert.equal(unitOf({ headers }), undefined);
  });
});
