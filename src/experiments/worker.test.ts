/** Whole runs against the real engines: signals go through the spool into ClickHouse, runs live in PostgreSQL. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assign } from '../../sdk/src/core/assignment.ts';
import { best } from '../../test/best.ts';
import { until } from '../../test/until.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import type { StateEngine } from '../engines/state/engine.ts';
import { openState } from '../engines/state/open.ts';
import { countOpenFindings } from '../findings/store.ts';
import { silentLog } from '../lib/log.ts';
import { Problem } from '../lib/problem.ts';
import type { Signals } from '../signals/store.ts';
import {
  ended as endedOn,
  experimentFile,
  type FileOptions,
  type Ground,
  invocation,
  openGround,
  openRoom as openRoomOn,
  order,
  type Room,
  show as showOn,
  start as startOn,
} from './room.testing.ts';
import type { RunTables } from './run-row.ts';

let ground: Ground;
let state: StateEngine;
let events: EventsEngine;
let signals: Signals;
let room: Room;

const openRoom = (lag: () => { lagMs: number } = () => signals.lag(), failures = () => 0): Room =>
  openRoomOn({ state, events, signals }, { lag, failures });

before(async () => {
  ground = await openGround();
  ({ state, events, signals } = ground);
  room = openRoom();
  signals.onFlushed(() => room.worker.onFlushed());
});
after(async () => {
  await room?.worker.close();
  await ground?.close();
});

const start = (options: FileOptions, on = room) => startOn(on, options);
const show = (runId: string, on = room) => showOn(on, runId);
const ended = (runId: string, on = room) => endedOn(on, runId);
const leased = (target: string, on = room) => until('a lease', () => on.leases.current(target)[0]);
const saltOf = async (runId: string) => (await room.store.get(runId)).salt;

/**
 * Lets 40 units a second meet the function, and the ones in treatment fail, for as long as it is given a lease.
 * Resolves to the time from the first failure to the last one, ms.
 */
async function harm(runId: string): Promise<number> {
  const salt = await saltOf(runId);
  const run = await show(runId);
  await leased('shop-payments');
  let firstHarmAt: number | undefined;
  let lastHarmAt = 0;
  for (let i = 0; room.leases.current('shop-payments').length > 0; i++) {
    assert.ok(i < 400, 'the lease is never withdrawn');
    const unit = `buyer-${i}`;
    const arm = assign(salt, unit, 0.5);
    const failed = arm === 'treatment';
    if (failed) {
      lastHarmAt = performance.now();
      firstHarmAt ??= lastHarmAt;
    }
    await signals.append([
      invocation('shop-payments', unit, { run, arm, failed, ...(failed ? { injected: 'error' } : {}) }),
    ]);
    await pause(25);
  }
  return lastHarmAt - (firstHarmAt as number);
}

test('errors in treatment abort the run, and leave a finding', async () => {
  const { runId } = await start({});
  await harm(runId);
  const end = await ended(runId);
  assert.deepEqual([end.verdict, end.decision], ['refuted', 'abort']);
  assert.match(
    end.reason ?? '',
    /^guardrail error-rate is harmed: \d+ of \d+ units in treatment, 0 of \d+ in control/,
  );
  assert.deepEqual(
    end.journal.map(({ sequence, kind }) => [sequence, kind]),
    [
      'started',
      'readiness',
      'treatment-applied',
      'guardrail-harmed',
      'treatment-withdrawn',
      'verdict',
      'ended',
      'finding',
    ].map((kind, i) => [i + 1, kind]),
  );
  assert.equal(end.looks.at(-1)?.metrics[1]?.state, 'harmed');
  await signals.settle();
  const { injections } = await show(runId);
  assert.ok(injections.count >= 10 && injections.count < 60, `${injections.count} injections`);
  assert.ok(
    injections.firstAt !== null && injections.lastAt !== null && injections.firstAt < injections.lastAt,
  );

  const last = room.seen.filter((event) => event.run.runId === runId).at(-1);
  assert.deepEqual([last?.run.status, last?.journal?.at(-1)?.kind], ['ended', 'finding']);
  const { findings } = await room.call('listFindings');
  assert.deepEqual(
    findings.map((finding) => [finding.state, finding.runId, finding.reason]),
    [['open', runId, end.reason]],
  );
  assert.equal(await countOpenFindings(state), 1);
});

test('a re-run that is supported verifies the finding', async () => {
  const { runId } = await start({ fault: '{kind: latency, ms: 5}', within: '3s' });
  const salt = await saltOf(runId);
  const run = await show(runId);
  await leased('shop-payments');
  // Every fifth unit orders, in both arms alike.
  const units = Array.from({ length: 8_000 }, (_, i) => ({
    unit: `visitor-${i}`,
    arm: assign(salt, `visitor-${i}`, 0.5),
  }));
  const orders = { control: 0, treatment: 0 };
  await signals.append([
    ...units.map(({ unit, arm }) => invocation('shop-payments', unit, { run, arm })),
    ...units.filter(({ arm }) => orders[arm]++ % 5 === 0).flatMap(({ unit }) => order(unit)),
  ]);

  const end = await ended(runId);
  assert.deepEqual([end.verdict, end.decision], ['supported', 'conclude'], end.reason ?? '');
  const goal = end.looks.at(-1)?.metrics[0];
  assert.ok((goal?.low as number) >= 0.8, JSON.stringify(goal));
  assert.deepEqual(room.leases.current('shop-payments'), []);
  const { findings } = await room.call('listFindings');
  assert.equal(findings[0]?.state, 'verified');
  assert.deepEqual(
    findings[0]?.runs.map(({ verdict }) => verdict),
    ['refuted', 'supported'],
  );
  assert.ok(findings[0]?.closedAt);
  assert.equal(await countOpenFindings(state), 0);
});

test('one run at a time on a function; a person may abort it at once, and only once', async () => {
  const { runId } = await start({ name: 'first', target: 'shop-checkout' });
  await leased('shop-checkout');
  await assert.rejects(start({ name: 'second', target: 'shop-checkout' }), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual([error.code, error.status], ['experiments.target-busy', 409]);
    assert.equal(error.message, `first (${runId}) is active on shop-checkout: wait for its end or abort it`);
    return true;
  });
  const aborting = room.call('abortRun', { runId, reason: 'enough' });
  assert.deepEqual(room.leases.current('shop-checkout'), [], 'withdrawn before anything is recorded');
  const run = await aborting;
  assert.deepEqual(
    [run.status, run.verdict, run.decision, run.reason],
    ['ended', 'undecided', 'abort', 'aborted by ada: enough'],
  );
  assert.ok(
    (await show(runId)).journal.some(
      ({ kind, text }) => kind === 'abort-requested' && text === 'ada aborts the run: enough',
    ),
  );
  await assert.rejects(room.call('abortRun', { runId }), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      [error.status, error.message],
      [409, `${runId} has ended (aborted): there is nothing to abort`],
    );
    return true;
  });
  await assert.rejects(
    room.call('abortRun', { runId: 'run_none' }),
    (error) => error instanceof Problem && error.status === 404,
  );
  const again = await start({ name: 'second', target: 'shop-checkout' });
  await room.call('abortRun', { runId: again.runId });
});

test('bad files and unknown functions are refused before anything begins', async () => {
  const refused = async (source: string, status: number, message: RegExp) =>
    assert.rejects(room.call('startRun', { source }), (error) => {
      assert.ok(error instanceof Problem, String(error));
      assert.equal(error.status, status);
      assert.match(error.message, message);
      return true;
    });
  await refused('title: [', 400, /^1:\d+ this is not YAML/);
  await refused(
    experimentFile({ target: 'shop-paymentz' }),
    404,
    /^target\.function: there is no function shop-paymentz/,
  );
  await assert.rejects(
    show('run_none'),
    (error) => error instanceof Problem && error.code === 'experiments.no-such-run',
  );
});

test('a plan says how long it takes and what is missing', async () => {
  const idle = await room.call('planRun', {
    source: experimentFile({ target: 'shop-idle' }),
  });
  assert.equal(idle.perSecond, null);
  assert.deepEqual(
    idle.checks.map(({ check, state }) => [check, state]),
    [
      ['Function', 'pass'],
      ['Telemetry', 'fail'],
      ['Goal metric', 'fail'],
      ['Guardrail error-rate', 'fail'],
      ['Free target', 'pass'],
      ['Duration', 'unknown'],
    ],
  );
  await signals.append(
    [...Array(40).keys()].flatMap((i) => [
      invocation('shop-catalogue', `planner-${i}`, {}),
      ...order(`planner-${i}`),
    ]),
  );
  await signals.settle();
  const busy = await start({ name: 'busy', target: 'shop-catalogue' });
  const plan = await room.call('planRun', {
    source: experimentFile({ target: 'shop-catalogue', maxDuration: '30m' }),
  });
  const perSecond = plan.perSecond as number;
  const needed = plan.needed as number;
  assert.ok(perSecond > 0 && perSecond <= 4, `40 events over at least ten seconds, not ${perSecond}`);
  assert.ok(needed > 400 && needed < 800, `${needed}`);
  assert.equal(plan.expectedSeconds, needed / perSecond + 2.5);
  assert.deepEqual(
    plan.checks.map(({ state }) => state),
    ['pass', 'pass', 'pass', 'pass', 'fail', 'pass'],
  );
  await room.call('abortRun', { runId: busy.runId });
});

test('data that come too late end the run: the treatment is not renewed, and after three looks it is aborted', async () => {
  let lagMs = 0;
  const late = openRoom(() => ({ lagMs }));
  const { runId } = await start({ name: 'late', target: 'shop-checkout' }, late);
  await leased('shop-checkout', late);
  lagMs = 9_000;
  const run = await ended(runId, late);
  assert.deepEqual([run.verdict, run.decision], ['invalid', 'abort']);
  assert.equal(
    run.reason,
    'the guardrails could not be evaluated 3 times in a row (the newest data are 9.0 s old)',
  );
  assert.ok(run.journal.some(({ kind }) => kind === 'cannot-evaluate'));
  assert.deepEqual(late.leases.current('shop-checkout'), []);
});

test('one missed look is borne and journalled', async () => {
  let lagMs = 0;
  const late = openRoom(() => ({ lagMs }));
  const { runId } = await start({ name: 'hiccup', target: 'shop-checkout' }, late);
  await leased('shop-checkout', late);
  lagMs = 9_000;
  await until('the missed look', () =>
    late.seen.find(({ journal }) => journal?.some(({ kind }) => kind === 'cannot-evaluate')),
  );
  lagMs = 0;
  await until('the next look', () =>
    late.seen.find(({ journal }) => journal?.some(({ kind }) => kind === 'evaluated-again')),
  );
  assert.equal((await show(runId, late)).status, 'running');
  await late.call('abortRun', { runId });
});

test('telemetry that was lost makes a look count as missed', async () => {
  let failures = 7;
  const lossy = openRoom(
    () => ({ lagMs: 0 }),
    () => failures,
  );
  const { runId } = await start({ name: 'lossy', target: 'shop-checkout' }, lossy);
  await leased('shop-checkout', lossy);
  failures++;
  const missed = await until('the missed look', () =>
    lossy.seen.flatMap(({ journal }) => journal ?? []).find(({ kind }) => kind === 'cannot-evaluate'),
  );
  assert.match(missed.text, /telemetry was lost since the last look/);
  await until('the next look', () =>
    lossy.seen.find(({ journal }) => journal?.some(({ kind }) => kind === 'evaluated-again')),
  );
  await lossy.call('abortRun', { runId });
});

test('when the telemetry of the target stops and all else is well, the treatment ends by itself', async () => {
  const { runId } = await start({ name: 'unheard', target: 'shop-catalogue' });
  await leased('shop-catalogue');
  await signals.append([invocation('shop-catalogue', 'last-heard', {})]);
  const heardAt = performance.now();
  let leasedAt = heardAt;
  let run = await show(runId);
  for (let i = 0; run.status === 'running'; i++) {
    assert.ok(i < 200, 'the run never ends');
    // The caller is still heard, and calls the target; both prove nothing about the target itself.
    await signals.append([
      invocation('shop-checkout', `caller-${i}`, {}),
      invocation('shop-catalogue', `caller-${i}`, { kind: 'Client' }),
    ]);
    await pause(100);
    if (room.leases.current('shop-catalogue').length > 0) leasedAt = performance.now();
    run = await show(runId);
  }
  assert.deepEqual([run.verdict, run.decision], ['invalid', 'abort']);
  assert.match(
    run.reason ?? '',
    /^the guardrails could not be evaluated 3 times in a row \(no telemetry of shop-catalogue for (8|9|1\d) s\)$/,
  );
  const forMs = leasedAt - heardAt;
  assert.ok(forMs > 7_000, `the treatment was not renewed while its target was heard: ${forMs} ms`);
  assert.ok(forMs < 13_000, `the treatment lasted ${forMs} ms without telemetry`);
});

test('the longest duration ends a run undecided', async () => {
  const { runId } = await start({ name: 'short', target: 'shop-idle', maxDuration: '5s' });
  const run = await ended(runId);
  assert.deepEqual([run.verdict, run.decision], ['undecided', 'conclude']);
  assert.match(run.reason ?? '', /^no verdict within 5 s/);
  assert.ok(run.looks.length >= 5);
});

test('a control room that starts again ends what was running; one that stops ends it itself', async () => {
  const crashed = openRoom();
  const { runId } = await start({ name: 'crashed', target: 'shop-checkout' }, crashed);
  await leased('shop-checkout', crashed);
  const next = openRoom();
  await next.worker.recover();
  assert.deepEqual(next.leases.current('shop-checkout'), []);
  const run = await show(runId, next);
  assert.deepEqual([run.status, run.verdict, run.decision], ['ended', 'undecided', 'abort']);
  assert.match(run.reason ?? '', /^the control room restarted/);
  assert.ok(run.journal.some(({ kind }) => kind === 'abort-by-restart'));
  await crashed.worker.close();
  assert.equal((await show(runId, next)).journal.length, run.journal.length, 'the first end stands');

  const other = await start({ name: 'stopped', target: 'shop-checkout' }, next);
  await leased('shop-checkout', next);
  await next.worker.close();
  assert.deepEqual(next.leases.current('shop-checkout'), []);
  const stopped = await show(other.runId);
  assert.deepEqual([stopped.decision, stopped.reason], ['abort', 'the control room stopped']);
  await assert.rejects(
    start({ target: 'shop-checkout' }, next),
    (error) => error instanceof Problem && error.status === 503,
  );
});

test('a run that is being stored while the control room stops is ended, never treated', async () => {
  const { runId } = await start({ name: 'example', target: 'shop-checkout' });
  const { experiment, source } = await room.store.get(runId);
  await room.call('abortRun', { runId });
  const stopping = openRoom();
  const begun = stopping.worker.begin(experiment, { source, startedBy: 'ada' });
  const refused = assert.rejects(
    begun,
    (error) => error instanceof Problem && error.code === 'experiments.stopping',
  );
  await stopping.worker.close();
  const late = (await room.store.list(1))[0];
  assert.ok(late && late.runId !== runId, 'it was stored before the close resolved');
  assert.deepEqual([late.status, late.reason], ['ended', 'the control room stopped']);
  assert.deepEqual(stopping.leases.current('shop-checkout'), []);
  await refused;
  assert.equal(stopping.seen.length, 0);
});

test('looks are thinned for readers, and the last one is kept', async () => {
  const { runId } = await start({ name: 'watched', target: 'shop-checkout' });
  await leased('shop-checkout');
  await room.call('abortRun', { runId });
  const [view] = (await show(runId)).looks;
  assert.ok(view);
  const rows = Array.from({ length: 1_500 }, (_, i) => ({
    run_id: runId,
    sequence: 1_000 + i,
    at: new Date(),
    look: JSON.stringify({ ...view, elapsedMs: 1_000 + i }),
  }));
  await state.run<RunTables, unknown>((database) => database.insertInto('looks').values(rows).execute());
  const looks = await room.store.looks(runId);
  assert.ok(looks.length <= 600 && looks.length > 450, `${looks.length}`);
  assert.equal(looks.at(-1)?.elapsedMs, 2_499);
});

test('when an engine is gone the treatment is not renewed, and the run ends as soon as it can be written', async () => {
  const [ownState, ownEvents] = await Promise.all([
    openState({ url: 'embedded:', directory: join(ground.directory, 'state-2'), log: silentLog }),
    openEvents({ url: 'embedded:', directory: join(ground.directory, 'events-2'), log: silentLog }),
  ]);
  const [mainState, mainEvents] = [state, events];
  [state, events] = [ownState, ownEvents];
  try {
    const alone = openRoom(() => ({ lagMs: 0 }));
    const { runId } = await start({ name: 'no-events', target: 'shop-payments' }, alone);
    await leased('shop-payments', alone);
    await ownEvents.close();
    const run = await ended(runId, alone);
    assert.deepEqual([run.verdict, run.decision], ['invalid', 'abort']);
    assert.deepEqual(alone.leases.current('shop-payments'), []);

    events = mainEvents;
    const mute = openRoom(() => ({ lagMs: 0 }));
    const other = await start({ name: 'no-state', target: 'shop-checkout' }, mute);
    await leased('shop-checkout', mute);
    await ownState.close();
    await until('the end of the lease', () => mute.leases.current('shop-checkout').length === 0, 15_000);
    await assert.rejects(
      mute.worker.abort(other.runId, { by: 'ada', reason: 'x' }),
      (error) => error instanceof Problem && error.code === 'experiments.not-recorded',
    );
    await mute.worker.close();
  } finally {
    [state, events] = [mainState, mainEvents];
  }
});

test('the treatment is withdrawn within two seconds of the first harm', async (context) => {
  const tookMs = await best(2_000, async () => {
    const { runId } = await start({ name: `harm-${randomBytes(4).toString('hex')}` });
    const took = await harm(runId);
    context.diagnostic(`${took.toFixed(0)} ms from the first harm to the last`);
    assert.equal((await ended(runId)).decision, 'abort');
    // Whatever the machine does meanwhile: no longer than a lease and what it may be late.
    assert.ok(took <= 5_000, `${took} ms`);
    return took;
  });
  assert.ok(tookMs <= 2_000, `${tookMs} ms`);
});
