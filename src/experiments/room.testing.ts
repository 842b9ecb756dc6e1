/** A room in which runs go on, for tests: the experiment engine on real engines, as the composition root makes it. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_ENVIRONMENT } from '../../sdk/src/core/environment.ts';
import { until } from '../../test/until.ts';
import type { Caller } from '../access/caller.ts';
import { type Call, mergeOperations } from '../access/operation.ts';
import { localCall } from '../access/perform.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import type { StateEngine } from '../engines/state/engine.ts';
import { openState } from '../engines/state/open.ts';
import { findingOperations } from '../findings/operations.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import { Lifecycle } from '../lib/process/lifecycle.ts';
import { decodeMessage } from '../signals/product-events/message.ts';
import { Signals } from '../signals/store.ts';
import type { SignalRecord } from '../signals/tables.ts';
import { spanRow } from '../signals/traces/row.ts';
import type { Span } from '../signals/traces/span.ts';
import { LeaseControl } from '../treatments/faults/lease-control.ts';
import { type ExperimentSources, experimentOperations } from './operations.ts';
import type { RunMessage, RunSummary, RunView } from './schema.ts';
import { RunStore } from './store.ts';
import { ExperimentWorker } from './worker.ts';

const FUNCTIONS = ['shop-payments', 'shop-checkout', 'shop-catalogue', 'shop-idle'];
const CALLER: Caller = {
  name: 'ada',
  tokenId: 'tok_1',
  permissions: ['read', 'operate'],
  kind: 'token',
  door: 'rest',
};
const privateKey = generateKeyPairSync('ed25519')
  .privateKey.export({ format: 'der', type: 'pkcs8' })
  .toString('base64url');

/** What a room stands on. */
export interface Ground {
  state: StateEngine;
  events: EventsEngine;
  signals: Signals;
  /** Where more engines may keep their data. */
  directory: string;
  close(): Promise<void>;
}

/** Opens engines and signals in a new directory. What was opened is closed again when a part does not open. */
export async function openGround(): Promise<Ground> {
  const directory = await mkdtemp(join(tmpdir(), 'runs-'));
  const opened = new Lifecycle();
  opened.add('directory', directory, (it) => rm(it, { recursive: true, force: true }));
  try {
    const state = await openState({ url: 'embedded:', directory: join(directory, 'state'), log: silentLog });
    opened.add('state', state, (it) => it.close());
    const events = await openEvents({
      url: 'embedded:',
      directory: join(directory, 'events'),
      log: silentLog,
    });
    opened.add('events', events, (it) => it.close());
    const spool = { events, directory: join(directory, 'spool'), clock: systemClock, log: silentLog };
    const signals = opened.add('signals', await Signals.open(spool), (it) => it.close());
    return { state, events, signals, directory, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

export interface Room {
  store: RunStore;
  leases: LeaseControl;
  worker: ExperimentWorker;
  call: Call<ReturnType<typeof operationsOf>>;
  /** Everything that was told of runs. */
  seen: RunMessage[];
}

function operationsOf(sources: ExperimentSources, state: StateEngine) {
  return mergeOperations(experimentOperations(sources), findingOperations(state));
}

export interface RoomOptions {
  lag?(): { lagMs: number };
  failures?(): number;
}

export function openRoom(
  { state, events, signals }: Pick<Ground, 'state' | 'events' | 'signals'>,
  { lag = () => signals.lag(), failures = () => 0 }: RoomOptions = {},
): Room {
  const store = new RunStore(state);
  const leases = new LeaseControl({ privateKey, ttlMs: 2_500 });
  const worker = new ExperimentWorker({
    store,
    events,
    treatments: { leases },
    signals: { lag, failures },
    log: silentLog,
    clock: systemClock,
  });
  const seen: RunMessage[] = [];
  worker.subscribe((event) => seen.push(event));
  const functionExists = async (name: string) => FUNCTIONS.includes(name);
  return {
    store,
    leases,
    worker,
    seen,
    call: localCall(operationsOf({ store, worker, events, functionExists }, state), CALLER),
  };
}

export interface FileOptions {
  name?: string;
  target?: string;
  fault?: string;
  treatment?: string;
  within?: string;
  goal?: string;
  guardrails?: string;
  maxDuration?: string;
}

/** An experiment file; what is given is YAML. */
export function experimentFile({
  name = 'broken-payments',
  target = 'shop-payments',
  fault = '{kind: error, message: declined}',
  treatment = `{fault: ${fault}}`,
  within = '500ms',
  goal = `{metric: conversion, event: Order Completed, within: ${within}, margin: 20%}`,
  guardrails = '[{metric: error-rate}]',
  maxDuration = '1m',
}: FileOptions = {}): string {
  return `title: Payments fail and people still order
steady-state-hypothesis: {title: People complete as many orders as without, probes: []}
method: []
extensions:
  - name: upstack
    experiment: ${name}
    target: {function: ${target}}
    treatment: ${treatment}
    slice: {unit: session, share: 50%}
    goal: ${goal}
    guardrails: ${guardrails}
    maxDuration: ${maxDuration}
`;
}

/** The record of an invocation that just ended, as the SDK would have written it. */
export function invocation(
  target: string,
  unit: string,
  of: {
    run?: RunView | RunSummary;
    arm?: string;
    failed?: boolean;
    injected?: string;
    kind?: Span['kind'];
  },
): SignalRecord {
  const nanos = (ms: number) => `${BigInt(Math.floor(ms)) * 1_000_000n}`;
  const span: Span = {
    environment: DEFAULT_ENVIRONMENT,
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    parentSpanId: '',
    traceState: '',
    name: target,
    kind: of.kind ?? 'Server',
    startNanos: nanos(Date.now() - 5),
    endNanos: nanos(Date.now()),
    resource: { 'service.name': target, 'faas.name': target },
    scopeName: '',
    scopeVersion: '',
    attributes: {
      'upstack.unit': unit,
      ...(of.run
        ? {
            'upstack.run': of.run.runId,
            'upstack.arm': of.arm ?? 'control',
            'upstack.stage': '0',
            'upstack.exposed': 'true',
          }
        : {}),
      ...(of.injected === undefined ? {} : { 'upstack.injected': of.injected }),
    },
    status: of.failed ? 'Error' : 'Unset',
    statusMessage: '',
    events: [],
    links: [],
  };
  return { table: 'otel_traces', row: spanRow(span) };
}

/** The records of an order of the unit. */
export function order(unit: string, properties: Record<string, unknown> = {}): SignalRecord[] {
  const message = {
    type: 'track',
    event: 'Order Completed',
    anonymousId: unit,
    messageId: `${unit}-order`,
    properties,
  };
  const decoded = decodeMessage(message, {
    receivedMs: Date.now(),
    origin: {},
    newMessageId: () => unit,
  });
  if (!('records' in decoded)) throw new Error('the order was refused');
  return decoded.records;
}

export const start = (room: Room, options: FileOptions) =>
  room.call('startRun', { source: experimentFile(options) });

export const show = (room: Room, runId: string) => room.call('showRun', { runId });

export const ended = (room: Room, runId: string) =>
  until('the end of the run', async () => {
    const run = await show(room, runId);
    return run.status === 'ended' ? run : undefined;
  });
