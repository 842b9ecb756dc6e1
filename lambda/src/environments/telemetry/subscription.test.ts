import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subscriptionFrom } from './subscription.ts';

const HTTP = { protocol: 'HTTP', URI: 'http://sandbox.localdomain:8080' };
const from = (request: unknown) => subscriptionFrom(Buffer.from(JSON.stringify(request)));
const asked = (more: object) =>
  from({ schemaVersion: '2022-07-01', types: ['platform'], destination: HTTP, ...more });

test('a subscription that says little gets the usual buffering', () => {
  assert.deepEqual(asked({ types: ['platform', 'function', 'platform'] }), {
    schemaVersion: '2022-07-01',
    types: ['platform', 'function'],
    maxItems: 10_000,
    maxBytes: 262_144,
    timeoutMs: 1_000,
    destination: { protocol: 'HTTP', port: 8_080, path: '/' },
  });
  for (const schemaVersion of ['2022-12-13', '2025-01-29']) {
    assert.equal(typeof asked({ schemaVersion }), 'object');
  }
});

test('both ends of each range of the buffering are taken, what lies beyond is refused', () => {
  const ranges = { maxItems: [1_000, 10_000], maxBytes: [262_144, 1_048_576], timeoutMs: [25, 30_000] };
  for (const [name, [least = 0, most = 0]] of Object.entries(ranges)) {
    for (const value of [least, most]) {
      const taken = asked({ buffering: { [name]: value } });
      assert.equal((taken as unknown as Record<string, unknown>)[name], value);
    }
    for (const value of [least - 1, most + 1, least + 0.5, String(least)]) {
      assert.equal(
        asked({ buffering: { [name]: value } }),
        `buffering.${name} should be from ${least} to ${most}`,
      );
    }
  }
});

test('destinations are ports of the environment itself', () => {
  const destinations: [object, unknown][] = [
    [
      { protocol: 'HTTP', URI: 'http://sandbox:80/in?a=b' },
      { protocol: 'HTTP', port: 80, path: '/in?a=b' },
    ],
    [
      { protocol: 'TCP', port: 9_000 },
      { protocol: 'TCP', port: 9_000, path: '/' },
    ],
    [
      { protocol: 'TCP', URI: 'tcp://sandbox.localdomain:9000' },
      { protocol: 'TCP', port: 9_000, path: '' },
    ],
    [{ protocol: 'HTTP', URI: 'http://sandbox.localdomain' }, 'URI port is not provided'],
    [{ protocol: 'HTTP', URI: 'https://sandbox.localdomain:1' }, 'URI should be an http URI'],
    [{ protocol: 'HTTP', URI: 'http://example.com:80' }, 'URI host should be sandbox.localdomain'],
    [{ protocol: 'HTTP', URI: 'http://127.0.0.1:80' }, 'URI host should be sandbox.localdomain'],
    [{ protocol: 'HTTP' }, 'URI should be an http URI'],
    [{ protocol: 'TCP', port: 65_536 }, 'port is not provided'],
    [{ protocol: 'UDP', port: 1 }, 'destination.protocol should be HTTP or TCP'],
  ];
  for (const [destination, expected] of destinations) {
    const taken = asked({ destination });
    assert.deepEqual(typeof taken === 'string' ? taken : taken.destination, expected);
  }
});

test('all faults of a request are told at once', () => {
  assert.equal(
    from({ schemaVersion: '2020', types: [], destination: { protocol: 'HTTP', URI: 'http://sandbox' } }),
    'schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29; types should not be empty; URI port is not provided',
  );
  assert.equal(asked({ types: ['logs'] }), 'types should be of platform, function, extension');
  for (const body of ['', '{', '[]', 'null', '"text"']) {
    assert.equal(subscriptionFrom(Buffer.from(body)), 'the body should be a JSON object');
  }
});
