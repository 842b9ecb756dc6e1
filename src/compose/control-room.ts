/** The composition root: opens engines, modules and doors in order, and hands each what it needs. */
import { join } from 'node:path';
import { type Lambda, MIGRATIONS, open as openLambda } from '../../lambda/src/lambda.ts';
import type { Keys } from '../access/keys.ts';
import { hostAllowed, type OriginPolicy } from '../access/origin.ts';
import { openKeys } from '../access/store.ts';
import { openApi } from '../doors/http/api/openapi.ts';
import { restRoutes } from '../doors/http/api/rest.ts';
import type { Credentials } from '../doors/http/authentication.ts';
import { healthRoutes } from '../doors/http/health.ts';
import { answeredHosts } from '../doors/http/hosts.ts';
import { Live } from '../doors/http/live/live.ts';
import { streamRoute } from '../doors/http/live/stream.ts';
import { HttpDoor } from '../doors/http/server.ts';
import { sessionRoutes } from '../doors/http/sessions.ts';
import { dashboard } from '../doors/http/static.ts';
import { leasesDoor } from '../doors/leases/door.ts';
import { mcpDoor } from '../doors/mcp/door.ts';
import { allOperations } from '../doors/operations.ts';
import { otlpDoor } from '../doors/otlp/door.ts';
import { segmentDoor } from '../doors/segment/door.ts';
import { openCompute } from '../engines/compute/aws.ts';
import type { ComputeEngine } from '../engines/compute/engine.ts';
import type { EventsEngine } from '../engines/events/engine.ts';
import { openEvents } from '../engines/events/open.ts';
import type { StateEngine } from '../engines/state/engine.ts';
import { openState } from '../engines/state/open.ts';
import { RunStore } from '../experiments/store.ts';
import { summaryOf } from '../experiments/view.ts';
import { ExperimentWorker, type WorkerOptions } from '../experiments/worker.ts';
import { countOpenFindings } from '../findings/store.ts';
import { systemClock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { createLog, type Log } from '../lib/log.ts';
import { Problem } from '../lib/problem.ts';
import { refuseSecond, removeInstance, writeInstance } from '../lib/process/instance.ts';
import { Lifecycle } from '../lib/process/lifecycle.ts';
import { type OverviewSources, readOverview } from '../operate/overview/operations.ts';
import { activePeople } from '../product/queries.ts';
import { Signals } from '../signals/store.ts';
import { LeaseControl } from '../treatments/faults/lease-control.ts';
import type { Config } from './config.ts';
import { openAccess } from './parts/access.ts';
import { UNITS } from './parts/units.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';
/** Execution environments of one function version at most: about 45 MB each. */
const CONCURRENCY_PER_VERSION = 40;

/** A control room that runs. */
export interface ControlRoom {
  url: string;
  keys: Keys;
  compute: ComputeEngine;
  events: EventsEngine;
  signals: Signals;
  /** Whether functions run in sandboxes, and if not why: one line. Undefined for those on AWS. */
  isolation: string | undefined;
  /** How often busy polling kept the event loop awake. */
  polls(): number;
  /** From now on `/readyz` says so: what was to be deployed at the start is deployed. */
  markStarted(): void;
  close(): Promise<void>;
}

/** Opens a control room. When a part does not open, what was opened before is released again. */
export async function openControlRoom(config: Config, version: string): Promise<ControlRoom> {
  const opened = new Lifecycle();
  try {
    return await open(config, version, opened);
  } catch (error) {
    await opened.close().catch(() => {});
    throw error;
  }
}

async function open(config: Config, version: string, opened: Lifecycle): Promise<ControlRoom> {
  const { directory, host, port } = config;
  const log = createLog(config.logLevel);
  const instance = { id: newId('room'), pid: process.pid, url: '', startedAt: new Date().toISOString() };
  await refuseSecond(directory);
  const keys = await openKeys(directory);
  await writeInstance(directory, instance);
  opened.add('instance file', directory, removeInstance);
  const origins = { hosts: answeredHosts(host, config.allowedHosts) };
  const door = opened.add('http door', await HttpDoor.open({ host, port, origins, log }), (it) => it.close());
  const [state, events] = await openEngines(config, log, opened);
  const signals = await openSignals(directory, events, log, opened);
  const twin =
    config.compute.kind === 'embedded'
      ? await openTwin({ config, keys, origins, door, signals, state, log }, opened)
      : undefined;
  const compute = opened.add('compute', openComputeClient(config, door, keys), (it) => it.close());
  const store = new RunStore(state);
  const leases = new LeaseControl({ privateKey: keys.leasePrivateKey });
  const worker = await openWorker({ store, events, treatments: { leases }, signals, log }, signals, opened);
  const health = () => Promise.all([compute.health(), events.health(), state.health()]);
  const overview: OverviewSources = {
    demo: config.demo,
    compute,
    events,
    health,
    ingestion: () => signals.lag(),
    runs: async () => (await store.list()).map(summaryOf),
    openFindings: () => countOpenFindings(state),
    people: async () => {
      const [today, week] = await Promise.all([activePeople(events, 1), activePeople(events, 7)]);
      return { today, week };
    },
  };
  const functionExists = (name: string) => exists(compute, name);
  const experiments = { store, worker, events, functionExists };
  const { authentication, perform, onRevoked, ...access } = openAccess(
    { directory, keys, origins, state },
    opened,
  );
  const operations = allOperations({ compute, events, state, overview, experiments, ...access });
  const live = opened.add(
    'live stream',
    new Live({ runs: worker, overview: () => readOverview(overview) }),
    (it) => it.close(),
  );
  let started = false;
  await door.serve(twin, (app) => {
    const authorize = (key: string) => authentication.isWriteKey(key);
    healthRoutes(app, instance.id, { started: () => started, engines: health });
    sessionRoutes(app, authentication, keys.sessionKey, systemClock);
    const authenticate = (request: Credentials) => authentication.caller(request);
    restRoutes(app, { operations, perform, authenticate });
    opened.add('streams', streamRoute(app, { source: live, authenticate, onRevoked }), (end) => end());
    const agent = (request: Credentials) => authentication.caller(request, 'mcp');
    opened.add('agents', mcpDoor(app, { operations, perform, authenticate: agent, version, log }), (end) =>
      end(),
    );
    app.get('/openapi.json', async () => openApi(operations, version));
    leasesDoor(app, { current: (name) => leases.current(name), authorize });
    otlpDoor(app, { signals, authorize });
    segmentDoor(app, { signals, authorize });
    dashboard(app, join(import.meta.dirname, '../..', 'web', 'dist'));
  });
  await writeInstance(directory, { ...instance, url: door.url });
  return {
    url: door.url,
    keys,
    compute,
    events,
    signals,
    isolation: twin?.isolation,
    polls: () => twin?.polls ?? 0,
    markStarted() {
      started = true;
    },
    close: () => opened.close(),
  };
}

async function openEngines(
  config: Config,
  log: Log,
  opened: Lifecycle,
): Promise<[StateEngine, EventsEngine]> {
  const { directory } = config;
  const opening = [
    openState({ url: config.state, directory: join(directory, 'state'), log, migrations: [MIGRATIONS] }),
    openEvents({ url: config.events, directory: join(directory, 'events'), log }),
  ] as const;
  const [state, events] = await Promise.allSettled(opening);
  if (state.status === 'fulfilled') opened.add('state', state.value, (it) => it.close());
  if (events.status === 'fulfilled') opened.add('events', events.value, (it) => it.close());
  if (state.status === 'rejected') throw state.reason;
  if (events.status === 'rejected') throw events.reason;
  return [state.value, events.value];
}

async function openSignals(
  directory: string,
  events: EventsEngine,
  log: Log,
  opened: Lifecycle,
): Promise<Signals> {
  const signals = await Signals.open({
    events,
    directory: join(directory, 'spool'),
    clock: systemClock,
    log,
  });
  return opened.add('signals', signals, (it) => it.close());
}

/** The experiment worker, with the runs that a previous life left running ended as aborted. */
async function openWorker(
  options: WorkerOptions,
  signals: Signals,
  opened: Lifecycle,
): Promise<ExperimentWorker> {
  const worker = new ExperimentWorker(options);
  await worker.recover();
  opened.add(
    'flush listener',
    signals.onFlushed(() => worker.onFlushed()),
    (stop) => stop(),
  );
  return opened.add('experiments', worker, (it) => it.close());
}

async function exists(compute: ComputeEngine, name: string): Promise<boolean> {
  try {
    await compute.getFunction(name);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return false;
    throw error;
  }
}

interface TwinParts {
  config: Config;
  keys: Keys;
  origins: OriginPolicy;
  door: HttpDoor;
  signals: Signals;
  state: StateEngine;
  log: Log;
}

/** The embedded compute engine; what its functions write and what it reports goes into the signals. */
async function openTwin(parts: TwinParts, opened: Lifecycle): Promise<Lambda> {
  const { config, keys, origins, door, signals, state, log } = parts;
  const twin = await openLambda({
    directory: join(config.directory, 'compute'),
    region: REGION,
    accountId: ACCOUNT,
    credentials: { accessKeyId: keys.accessKeyId, secretAccessKey: keys.secretAccessKey },
    isOwnHost: (host) => hostAllowed(host, origins),
    concurrencyPerVersion: CONCURRENCY_PER_VERSION,
    isolation: config.isolation,
    functionUrl: (id) => `http://${id}.lambda-url.localhost:${door.port}/`,
    onInvocation: (report) => signals.invocation(report),
    onLog: (line) => signals.functionLine(line),
    units: UNITS,
    clock: systemClock,
    log,
    state,
  });
  log.info({ isolation: twin.isolation }, 'functions');
  return opened.add('compute twin', twin, (it) => it.close());
}

function openComputeClient(config: Config, door: HttpDoor, keys: Keys): ComputeEngine {
  if (config.compute.kind === 'aws') {
    const { region, role } = config.compute;
    return openCompute({ region, ...(role !== undefined && { role }) });
  }
  const { accessKeyId, secretAccessKey } = keys;
  return openCompute({ endpoint: door.url, region: REGION, credentials: { accessKeyId, secretAccessKey } });
}
