import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostAllowed, originAllowed } from './origin.ts';

const policy = { hosts: ['control.example.com'] };

test('loopback names, configured names and function URLs are answered', () => {
  for (const host of [
    '127.0.0.1:4700',
    'localhost',
    '[::1]:4700',
    'LOCALHOST:1',
    'control.example.com',
    'abc123.lambda-url.localhost:4700',
  ])
    assert.ok(hostAllowed(host, policy), host);
});

test('foreign, missing and malformed hosts are not', () => {
  for (const host of [
    undefined,
    '',
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost:99999999',
    'a b',
    'x.lambda-url.localhost.evil.example',
  ])
    assert.ok(!hostAllowed(host, policy), String(host));
});

test('an origin must be ours, port included; no origin is not a browser page', () => {
  assert.ok(originAllowed(undefined, '127.0.0.1:4700', policy));
  assert.ok(originAllowed('http://localhost:4700', '127.0.0.1:4700', policy));
  for (const origin of [
    'null',
    'https://evil.example',
    'http://localhost:5000',
    'http://abc.lambda-url.localhost:4700',
  ])
    assert.ok(!originAllowed(origin, '127.0.0.1:4700', policy), origin);
});
