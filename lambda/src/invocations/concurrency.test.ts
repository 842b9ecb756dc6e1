import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LambdaError } from '../errors.ts';
import { BusyPoll } from './busy-poll.ts';
import { ConcurrencyGate } from './concurrency.ts';

const refused = (reason: string) => (error: unknown) =>
  error instanceof LambdaError &&
  error.type === 'TooManyRequestsException' &&
  error.status === 429 &&
  error.members.Reason === reason;
const RESERVED = refused('ReservedFunctionConcurrentInvocationLimitExceeded');
const ACCOUNT = refused('ConcurrentInvocationLimitExceeded');

test('a function runs as often at a time as it has reserved, and again when one is done', () => {
  const gate = new ConcurrencyGate(100, new BusyPoll());
  gate.enter('f', 2);
  gate.enter('f', 2);
  assert.throws(() => gate.enter('f', 2), RESERVED);
  gate.enter('g', undefined);
  gate.leave('f');
  gate.enter('f', 2);
});

test('a function with nothing reserved for it never runs', () => {
  const gate = new ConcurrencyGate(100, new BusyPoll());
  assert.throws(() => gate.enter('f', 0), RESERVED);
});

test('all functions together run as often at a time as the account may', () => {
  const gate = new ConcurrencyGate(3, new BusyPoll());
  for (const name of ['a', 'b', 'c']) gate.enter(name, undefined);
  assert.throws(() => gate.enter('d', undefined), ACCOUNT);
  assert.throws(() => gate.enter('a', 5), ACCOUNT);
  gate.leave('b');
  gate.enter('d', undefined);
});
