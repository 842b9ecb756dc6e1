import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { hostAllowed } from '../../access/origin.ts';
import { answeredHosts, hostInUrl } from './hosts.ts';

test('a bound address and named hosts are answered, in any case and with IPv6 in brackets', () => {
  const hosts = answeredHosts('FD00::1', ['MyBox.example.com']);
  assert.ok(hostAllowed('[fd00::1]:4700', { hosts }));
  assert.ok(hostAllowed('mybox.example.com', { hosts }));
  assert.ok(!hostAllowed('other.example.com', { hosts }));
});

test('bound to every address, this machine is answered by each of its own, and by no other name', () => {
  const hosts = answeredHosts('0.0.0.0', []);
  const own = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).filter(({ family }) => family === 'IPv4'),
  );
  for (const { address } of own) assert.ok(hostAllowed(`${address}:4700`, { hosts }), address);
  assert.ok(!hostAllowed('evil.example', { hosts }));
  assert.equal(hostInUrl('0.0.0.0'), '127.0.0.1');
  assert.equal(hostInUrl('::1'), '[::1]');
});
