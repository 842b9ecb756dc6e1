/** Some thousand invocations a second keep the event loop busy: a run must be watched and its lease renewed as ever. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { HELLO } from '../../bench/compute/account.ts';
import { configFrom } from '../../src/compose/config.ts';
import { type ControlRoom, openControlRoom } from '../../src/compose/control-room.ts';
import { functionEnvironment } from '../../src/compose/deploy-target.ts';
import { call } from '../../src/doors/cli/client.ts';
import { deployDirectory } from '../../src/doors/cli/deploy.ts';
import { pace } from '../pace.ts';
import { until } from '../until.ts';

const SDK = resolve(import.meta.dirname, '../../sdk/src/index.ts');
const INVOKER = resolve(import.meta.dirname, 'invoker.ts');
const TREATED = `
import { track, withUpstack } from ${JSON.stringify(SDK)};
export const handler = withUpstack(async () => {
  track('Greeted');
  return 'hello';
});
`;
const EXPERIMENT = `
title: Slow greetings
description: Greetings answer late.
steady-state-hypothesis:
  title: People still greet.
  probes: []
method: []
extensions:
  - name: upstack
    experiment: slow-greetings
    target: { function: greet }
    treatment: { fault: { kind: latency, ms: 20 } }
    slice: { unit: session, share: 50% }
    goal: { metric: conversion, event: Greeted, within: 5s, margin: 1% }
    guardrails: [{ metric: error-rate }]
    maxDuration: 5m
`;
/** A look a second, and the renewal after it. */
const RENEWAL_MS = 1_000;
const LEASE_MS = 5_000;
const DRIVE_MS = 12_000;
const WANTED_PER_SECOND = 4_000;
/** On a machine this many times slower than a quiet one no arrival is near, and the engines themselves are late. */
const MAX_PACE = 6;

let directory: string;
let room: ControlRoom;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upstack-busy-'));
  const options = { port: 0, data: join(directory, 'data'), isolation: false };
  room = await openControlRoom(configFrom(options), 'test');
});
after(async () => {
  await room.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function deploy(name: string, code: string): Promise<string> {
  const source = join(directory, name);
  await mkdir(source);
  await writeFile(join(source, 'index.ts'), code);
  const environment = functionEnvironment(room.url, room.keys);
  await deployDirectory({ compute: room.compute, environment, evidence: undefined }, source, {});
  return await room.compute.putUrl(name, 'live');
}

/** Calls the treated function again and again, each time for another session, until the signal. */
async function visit(url: string, signal: AbortSignal): Promise<void> {
  const { port } = new URL(room.url);
  const { host } = new URL(url);
  for (let n = 0; !signal.aborted; n++) {
    const headers = { 'x-upstack-unit': `session-${n}`, host };
    await new Promise<void>((done, failed) => {
      httpRequest({ host: '127.0.0.1', port, headers }, (response) => response.resume().on('end', done))
        .on('error', failed)
        .end();
    });
    await pause(50);
  }
}

/** The leases of the treated function, as its SDK fetches them, and when each was first seen. */
class LeaseWatch {
  readonly renewedAt: number[] = [];
  /** How often there was none. */
  lapses = 0;
  #token: string | undefined;
  #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => void this.#look(), 100);
  }

  async #look(): Promise<void> {
    const [token] = await current();
    if (token === undefined) this.lapses++;
    else if (token !== this.#token) this.renewedAt.push(performance.now());
    this.#token = token;
  }

  /** Milliseconds between renewals. */
  stop(): number[] {
    clearInterval(this.#timer);
    return this.renewedAt.slice(1).map((at, i) => at - (this.renewedAt[i] as number));
  }
}

async function current(): Promise<string[]> {
  const headers = { authorization: `Bearer ${room.keys.writeKey}` };
  const response = await fetch(`${room.url}/leases/v1/greet`, { headers });
  return ((await response.json()) as { leases: string[] }).leases;
}

function startInvoker(): ChildProcess {
  const { accessKeyId, secretAccessKey } = room.keys;
  return fork(INVOKER, [new URL(room.url).port, 'hello'], {
    env: {
      ...process.env,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  });
}

async function answeredBy(invoker: ChildProcess): Promise<number> {
  invoker.send('count');
  const [count] = await once(invoker, 'message');
  return count as number;
}

const highest = (values: number[]) => Math.round(Math.max(...values));

test('under thousands of invocations a second, looks, renewals and withdrawal stay on time', async (t) => {
  const slowAtStart = await pace();
  if (slowAtStart > MAX_PACE)
    return t.skip(`the machine is ${slowAtStart.toFixed(1)} times slower than a quiet one`);
  await deploy('hello', HELLO);
  const url = await deploy('greet', TREATED);
  const leaving = new AbortController();
  const visiting = visit(url, leaving.signal);
  t.after(async () => {
    leaving.abort();
    await visiting;
  });
  const connection = { url: room.url, token: room.keys.token };
  await until('traffic', async () => (await call(connection, 'listFunctions', {})).functions.length === 2);
  const { runId } = await call(connection, 'startRun', { source: EXPERIMENT });
  await until('a lease', async () => (await current()).length > 0);

  const invoker = startInvoker();
  t.after(() => invoker.kill());
  await once(invoker, 'message');
  const [polls, answered] = [room.polls(), await answeredBy(invoker)];
  const [from, fromMs] = [performance.now(), Date.now()];
  const leases = new LeaseWatch();
  await pause(DRIVE_MS);
  const gaps = leases.stop();
  const perSecond = ((await answeredBy(invoker)) - answered) / ((performance.now() - from) / 1_000);
  const polled = room.polls() - polls;

  const abortedAt = performance.now();
  await call(connection, 'abortRun', { runId, reason: 'rehearsed' });
  const withdrawnMs = performance.now() - abortedAt;
  assert.deepEqual(await current(), [], 'the lease is withdrawn when the abort is answered');
  const slower = Math.max(slowAtStart, await pace());
  invoker.disconnect();

  const { looks } = await call(connection, 'showRun', { runId });
  const times = looks.map(({ at }) => Date.parse(at)).filter((at) => at >= fromMs);
  const lookGaps = times.slice(1).map((at, i) => at - (times[i] as number));
  t.diagnostic(
    `${Math.round(perSecond)} invocations/s of ${WANTED_PER_SECOND} wanted, ${polled} polls, the machine ${slower.toFixed(1)} times slower than a quiet one; ` +
      `longest between looks ${highest(lookGaps)} ms, between renewals ${highest(gaps)} ms, abort ${Math.round(withdrawnMs)} ms`,
  );
  assert.ok(polled > 0, 'busy polling was not active');
  assert.ok(times.length >= 3 && gaps.length >= 3, `${times.length} looks, ${gaps.length} renewals`);
  assert.equal(leases.lapses, 0, 'the lease lapsed');
  assert.ok(highest(gaps) < Math.min(2 * RENEWAL_MS * slower, LEASE_MS), `${highest(gaps)} ms`);
  assert.ok(highest(lookGaps) < 2 * RENEWAL_MS * slower, `${highest(lookGaps)} ms`);
  assert.ok(withdrawnMs < 500 * slower, `${withdrawnMs} ms`);
});
