/** What becomes of events in the twin, with a clock that can be moved: what takes AWS minutes and hours. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { StateEngine } from '../../src/engines/state/engine.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { judged } from './compute-contract.ts';
import { openOwnState } from './compute-state.ts';
import { FunctionsMade } from './compute-support.ts';
import { openTwin, type Twin } from './compute-twin.ts';
import { until } from './compute-until.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Says what it got, and fails when it is told to. */
const TELLING = `exports.handler = async (event, context) => {
  console.log('got ' + JSON.stringify({ event, version: context.functionVersion, arn: context.invokedFunctionArn,
    client: context.clientContext, trace: process.env._X_AMZN_TRACE_ID }));
  await new Promise((resolve) => setTimeout(resolve, event.ms ?? 0));
  if (event.fail) throw new Error('as told');
  return { done: event };
};`;

interface Got {
  requestId: string;
  event: unknown;
  version: string;
  arn: string;
  client?: unknown;
  trace: string;
}

let directory: string;
let state: StateEngine;
let twin: Twin;
let made: FunctionsMade;
let aheadMs = 0;
const clock = { now: () => systemClock.now() + aheadMs, monotonic: systemClock.monotonic };

const open = () => judged(openTwin({ directory, state, clock }));

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-events-'));
  state = await openOwnState();
  twin = await open();
  made = new FunctionsMade(twin);
});
beforeEach(() => {
  aheadMs = 0;
});
after(async () => {
  await twin?.close();
  await state?.close();
  await rm(directory, { recursive: true, force: true });
});

async function send(FunctionName: string, payload: unknown = {}, more: object = {}): Promise<string> {
  const Payload = Buffer.from(JSON.stringify(payload));
  const input = { FunctionName, InvocationType: 'Event' as const, Payload, ...more };
  const { $metadata } = await twin.client.send(new InvokeCommand(input));
  assert.equal($metadata.httpStatusCode, 202);
  return $metadata.requestId ?? '';
}

function advance(ms: number): void {
  aheadMs += ms;
  twin.wake();
}

/** Everything that functions were given, in order. */
function got(functionName: string): Got[] {
  return twin.lines
    .filter((line) => line.functionName === functionName && line.line.includes('got '))
    .map(({ requestId, line }) => ({ requestId, ...JSON.parse(line.slice(line.indexOf('got ') + 4)) }));
}

const gotTimes = (functionName: string, times: number) =>
  until(`${times} attempts of ${functionName}`, () => got(functionName).length >= times);

/** Nothing more comes: the worker looked at the time that it is now, and left it. */
async function staysAt(functionName: string, times: number): Promise<void> {
  twin.wake();
  await pause(150);
  assert.equal(got(functionName).length, times);
}

test('an event runs as it was sent, and is reported', async () => {
  const name = await made.make(TELLING);
  const { Version = '' } = await twin.client.send(new PublishVersionCommand({ FunctionName: name }));
  const input = { FunctionName: name, Name: 'live', FunctionVersion: Version };
  await twin.client.send(new CreateAliasCommand(input));
  const ClientContext = Buffer.from('{"custom":{"shop":"ü"}}').toString('base64');
  const requestId = await send(name, { order: 'ü' }, { Qualifier: 'live', ClientContext });
  await gotTimes(name, 1);
  const [first] = got(name);
  assert.deepEqual(
    [first?.requestId, first?.event, first?.version, first?.client],
    [requestId, { order: 'ü' }, Version, { custom: { shop: 'ü' } }],
  );
  assert.match(first?.arn ?? '', /:live$/);
  assert.match(first?.trace ?? '', /^Root=1-/);
  await until('the report', () => twin.reports.some((report) => report.requestId === requestId));
  const report = twin.reports.find((one) => one.requestId === requestId);
  assert.deepEqual([report?.functionName, report?.version, report?.status], [name, Version, 'success']);
});

test('an alias is resolved by its weights for each event', async () => {
  const name = await made.make(TELLING, { Publish: true });
  await twin.client.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 9 }));
  await twin.client.send(new PublishVersionCommand({ FunctionName: name }));
  await twin.client.send(
    new CreateAliasCommand({
      FunctionName: name,
      Name: 'live',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: { '2': 0.5 } },
    }),
  );
  await Promise.all(Array.from({ length: 40 }, (_, n) => send(`${name}:live`, { n })));
  await gotTimes(name, 40);
  const ofTwo = got(name).filter(({ version }) => version === '2').length;
  assert.ok(ofTwo > 5 && ofTwo < 35, `${ofTwo} of 40`);
});

test('a failing event is tried after one minute and two more, with one request id, and then no more', async () => {
  const name = await made.make(TELLING);
  const requestId = await send(name, { fail: true });
  await gotTimes(name, 1);
  await until('the first report', () => twin.reports.some((report) => report.requestId === requestId));
  await staysAt(name, 1);
  advance(MINUTE - 20 * SECOND);
  await staysAt(name, 1);
  advance(20 * SECOND);
  await gotTimes(name, 2);
  advance(2 * MINUTE - 20 * SECOND);
  await staysAt(name, 2);
  advance(20 * SECOND);
  await gotTimes(name, 3);
  advance(5 * HOUR);
  await staysAt(name, 3);
  assert.deepEqual(new Set(got(name).map((one) => one.requestId)), new Set([requestId]));
});

test('a timeout and a function that does not start are errors as others are', async () => {
  const slow = await made.make(TELLING, { Timeout: 1 });
  const broken = await made.make('console.log("got {}"); throw new Error("not today");');
  await send(slow, { ms: 5_000 });
  await send(broken);
  await Promise.all([gotTimes(slow, 1), gotTimes(broken, 1)]);
  const failed = (name: string) =>
    until('a report', () => twin.reports.some(({ functionName }) => functionName === name));
  await Promise.all([failed(slow), failed(broken)]);
  advance(MINUTE + SECOND);
  await Promise.all([gotTimes(slow, 2), gotTimes(broken, 2)]);
});

test('a throttled event waits and is no attempt', async () => {
  const name = await made.make(TELLING, { Timeout: 60 });
  await twin.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 1 }),
  );
  const busy = twin.client.send(
    new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{"ms":3000}') }),
  );
  await gotTimes(name, 1);
  const requestId = await send(name, { fail: true });
  for (let refusal = 0; refusal < 4; refusal++) {
    await staysAt(name, 1);
    advance(5 * MINUTE);
  }
  await busy;
  // All three attempts are left.
  for (const times of [2, 3, 4]) {
    await until(`attempt ${times - 1}`, async () => {
      advance(MINUTE);
      return got(name).length >= times;
    });
  }
  advance(HOUR);
  await staysAt(name, 4);
  assert.deepEqual(
    new Set(
      got(name)
        .slice(1)
        .map((one) => one.requestId),
    ),
    new Set([requestId]),
  );
});

test('an event that is older than six hours is not tried any more', async () => {
  const name = await made.make(TELLING);
  await send(name, { fail: true });
  await gotTimes(name, 1);
  advance(6 * HOUR);
  await staysAt(name, 1);
});

test('nothing runs of a function whose reserved concurrency is 0, then or later', async () => {
  const name = await made.make(TELLING);
  const stopped = { FunctionName: name, ReservedConcurrentExecutions: 0 };
  await twin.client.send(new PutFunctionConcurrencyCommand(stopped));
  await send(name);
  await staysAt(name, 0);
  await twin.client.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
  advance(HOUR);
  await staysAt(name, 0);
});

test('the events of a deleted function are dropped', async () => {
  const name = await made.make(TELLING);
  await send(name, { fail: true });
  await gotTimes(name, 1);
  await twin.client.send(new DeleteFunctionCommand({ FunctionName: name }));
  advance(MINUTE);
  await staysAt(name, 1);
});

test('what runs when the twin is closed is run again by the next one, and is no attempt', async () => {
  const name = await made.make(TELLING, { Timeout: 60 });
  const requestId = await send(name, { ms: 2_000, fail: true });
  await gotTimes(name, 1);
  await twin.close();
  twin = await open();
  made = new FunctionsMade(twin);
  await gotTimes(name, 1);
  for (const times of [2, 3]) {
    await until(`attempt ${times}`, async () => {
      advance(MINUTE);
      return got(name).length >= times;
    });
  }
  assert.deepEqual(new Set(got(name).map((one) => one.requestId)), new Set([requestId]));
});
