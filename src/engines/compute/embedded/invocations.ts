import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../../lib/clock.ts';
import type { FunctionLogLine, InvocationReport } from '../engine.ts';
import type { Account } from './catalog/names.ts';
import type { Packages } from './catalog/packages.ts';
import { provisionedVersions } from './catalog/provisioned.ts';
import type { FunctionRecord, VersionRecord } from './catalog/records.ts';
import { ConcurrencyGate } from './concurrency.ts';
import { LambdaError } from './errors.ts';
import { Environment } from './execution/environment.ts';
import { externalExtensions } from './execution/extensions.ts';
import { launchOf, usualNode } from './execution/launch.ts';
import { LogTail } from './execution/log-tail.ts';
import { ParkedProcesses } from './execution/parked.ts';
import type { PlatformReport, Records } from './execution/platform-events.ts';
import type { LineSource } from './execution/platform-log.ts';
import { Pool, StartFailure } from './execution/pool.ts';
import type { Provisioned } from './execution/provision.ts';
import { Reaper } from './execution/reaper.ts';
import type { InvocationEnd, Outcome } from './execution/running-invocation.ts';
import type { ResponseSink } from './execution/runtime-api.ts';
import type { Sandbox } from './execution/sandbox.ts';
import { type Invoked, invocationReport } from './invocation-report.ts';
import { systemLines } from './system-log.ts';

export interface InvocationsOptions {
  account: Account;
  packages: Packages;
  /** Where execution environments get their temporary directories. */
  temporary: string;
  concurrencyPerVersion: number;
  /** Invocations of all functions at a time. */
  accountConcurrency: number;
  /** Processes that are booted before there is a function for them. */
  parkedProcesses: number;
  /** Undefined runs functions without one. */
  sandbox: Sandbox | undefined;
  clock: Clock;
  onInvocation(report: InvocationReport): void;
  onLog(line: FunctionLogLine): void;
}

export interface InvokeInput {
  /** Of an invocation that got its id before, or is tried again; a new one otherwise. */
  requestId?: string;
  name: string;
  version: VersionRecord;
  /** ARN with the qualifier that the caller used. */
  functionArn: string;
  /** JSON. */
  payload: Uint8Array;
  traceId: string | undefined;
  clientContext: string | undefined;
  /** How many invocations of the function may run at a time; undefined when nothing is reserved. */
  reservedConcurrency?: number | undefined;
  /** Takes the parts of a streamed response while the function writes them. */
  stream?: ResponseSink | undefined;
  /** Collect the log of this invocation. */
  tail: boolean;
  /** The status of the HTTP answer that the result becomes; absent for an invocation by the API. */
  httpStatusOf?: (result: Buffer | undefined) => number;
}

export interface InvokeOutcome {
  requestId: string;
  ok: boolean;
  /** The name of the error of an invocation that is not ok; '' otherwise. */
  errorType: string;
  payload: Buffer;
  /** The last 4 KB of the log, when it was asked for. */
  log: string | undefined;
}

const EVICTION_MS = 10_000;

/** Runs invocations in execution environments, and reports each one and each line that it writes. */
export class Invocations {
  #options: InvocationsOptions;
  #pools = new Map<string, Pool<Environment>>();
  #reaper = new Reaper();
  #parked: ParkedProcesses;
  #gate: ConcurrencyGate;
  #tails = new Map<string, LogTail>();
  #reports = new Set<Promise<unknown>>();
  /** Their runtime has ended; extensions may still have time. */
  #leaving = new Set<Environment>();
  #eviction: NodeJS.Timeout;
  #closed = false;

  constructor(options: InvocationsOptions) {
    this.#options = options;
    this.#gate = new ConcurrencyGate(options.accountConcurrency);
    const { parkedProcesses, temporary, sandbox } = options;
    this.#parked = new ParkedProcesses(parkedProcesses, temporary, { reaper: this.#reaper, sandbox });
    this.#parked.prepare(usualNode(sandbox !== undefined));
    this.#eviction = setInterval(() => {
      const now = options.clock.monotonic();
      for (const pool of this.#pools.values()) pool.evictIdle(now);
    }, EVICTION_MS).unref();
  }

  /** Throws TooManyRequestsException at the limits of concurrency; whatever happens in the function is an outcome, not an error. */
  async invoke(input: InvokeInput): Promise<InvokeOutcome> {
    const requestId = input.requestId ?? randomUUID();
    this.#gate.enter(input.name, input.reservedConcurrency);
    if (input.tail) this.#tails.set(requestId, new LogTail());
    let working: Promise<unknown> | undefined;
    try {
      const environment = await this.#acquire(input);
      const running = environment.invoke({
        requestId,
        functionArn: input.functionArn,
        traceId: input.traceId ?? newTraceId(this.#options.clock.now()),
        clientContext: input.clientContext,
        payload: input.payload,
        stream: input.stream,
      });
      const outcome = await running.answer;
      const httpStatus = input.httpStatusOf?.(outcome.ok ? outcome.payload : undefined);
      const { name, version } = input;
      const invoked = { name, version, instance: environment.instance, httpStatus };
      const reported = this.#report(running.ended, invoked);
      if (environment.hasExtensions) working = reported;
      const log = input.tail
        ? await reported.then((end) => this.#tailOf(end, input, running.runtimeDoneRecord()))
        : undefined;
      return { requestId, ok: outcome.ok, errorType: errorTypeOf(outcome), payload: payloadOf(outcome), log };
    } catch (error) {
      if (error instanceof StartFailure) return await this.#startFailed(error, input, requestId);
      throw error;
    } finally {
      this.#tails.delete(requestId);
      // Extensions that go on after the answer keep the environment busy.
      if (working) void working.then(() => this.#gate.leave(input.name));
      else this.#gate.leave(input.name);
    }
  }

  /** Makes the environments of a function's versions be there that its provisioned concurrency asks for. */
  async provision(record: FunctionRecord): Promise<void> {
    const wanted = provisionedVersions(record);
    for (const version of record.versions) {
      const count = wanted.get(version.version) ?? 0;
      const pool = count > 0 ? await this.#poolOf(record.name, version) : this.#pools.get(version.revisionId);
      if (!this.#closed) pool?.provision(count);
    }
  }

  /** What provisioned concurrency has of a version by now. */
  provisioned(version: VersionRecord): Provisioned {
    return this.#pools.get(version.revisionId)?.provisioned ?? { initialised: 0, failed: false };
  }

  /** Ends the execution environments of a version when their present work is done. */
  retire(version: VersionRecord): void {
    this.#pools.get(version.revisionId)?.retire();
  }

  /** Kills all execution environments and resolves when their processes are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#eviction);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    await Promise.all([...this.#leaving].map((environment) => environment.close()));
    await this.#parked.close();
    await Promise.all(this.#reports);
    await this.#reaper.close();
  }

  async #acquire({ name, version }: InvokeInput): Promise<Environment> {
    const pool = await this.#poolOf(name, version);
    if (this.#closed) throw new LambdaError('ServiceException', 'the compute engine is shutting down');
    // Between being handed over and being used, an environment can die.
    for (;;) {
      const environment = await pool.acquire();
      if (environment.ready) return environment;
    }
  }

  async #poolOf(name: string, version: VersionRecord): Promise<Pool<Environment>> {
    return this.#pools.get(version.revisionId) ?? (await this.#newPool(name, version));
  }

  async #newPool(name: string, version: VersionRecord): Promise<Pool<Environment>> {
    const { account, clock, concurrencyPerVersion, packages, temporary, sandbox } = this.#options;
    const taskRoot = await packages.directoryOf(version.codeSha256);
    const layersRoot = await packages.mergedDirectoryOf(version.layers.map((layer) => layer.codeSha256));
    const known = this.#pools.get(version.revisionId);
    if (known) return known;
    // Extensions share their `/tmp` and see the runtime's process: they would have to be in one sandbox with it.
    const sandboxed = sandbox !== undefined && externalExtensions(layersRoot).length === 0;
    const made: Pool<Environment> = new Pool({
      concurrency: concurrencyPerVersion,
      drained: () => this.#pools.delete(version.revisionId),
      start: (pool, initialization) => {
        const instance = newInstance(version, clock.now());
        const launch = launchOf({
          account,
          name,
          version,
          taskRoot,
          layersRoot,
          temporary: join(temporary, instance.slice(-32)),
          instance,
          initialization,
          sandboxed,
        });
        const environment = new Environment({
          launch,
          clock,
          process: (...how) => this.#parked.start(...how),
          events: {
            idle: (e) => pool.onIdle(e),
            ended: (e, failure) => {
              this.#leaving.add(e);
              void e.close().then(() => this.#leaving.delete(e));
              pool.onEnded(e, failure);
            },
            line: (e, requestId, line, source) =>
              this.#line({ name, version, instance: e.instance }, requestId, line, source),
          },
        });
        void environment.start();
        return environment;
      },
    });
    this.#pools.set(version.revisionId, made);
    return made;
  }

  #line(
    { name: functionName, version, instance }: Omit<Invoked, 'httpStatus'>,
    requestId: string,
    line: string,
    source: LineSource,
  ): void {
    this.#tails.get(requestId)?.push(line);
    const atMs = this.#options.clock.now();
    const { version: number } = version;
    this.#options.onLog({ source, functionName, version: number, instance, requestId, atMs, line });
  }

  /** Reports without making the caller wait for the work that goes on after its answer. */
  #report(ended: Promise<InvocationEnd>, invoked: Invoked): Promise<InvocationEnd> {
    const reporting = ended.then((end) => {
      this.#reports.delete(reporting);
      this.#options.onInvocation(invocationReport(end, invoked));
      return end;
    });
    this.#reports.add(reporting);
    return reporting;
  }

  /** What was written before the answer is read within the next two turns of the event loop. */
  async #tailOf(
    { report, startMs }: InvocationEnd,
    { version }: InvokeInput,
    runtimeDone?: Records['platform.runtimeDone'],
  ): Promise<string> {
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
    const tail = this.#tails.get(report.requestId) ?? new LogTail();
    const told = { report, version: version.version, startMs, endMs: this.#options.clock.now(), runtimeDone };
    return tail.text(systemLines(told, version.logging));
  }

  async #startFailed(
    { failure, instance }: StartFailure,
    input: InvokeInput,
    requestId: string,
  ): Promise<InvokeOutcome> {
    const { status, errorType } = failure;
    const memorySizeMB = input.version.memoryMb;
    const metrics = { durationMs: 0, billedDurationMs: 0, memorySizeMB, maxMemoryUsedMB: 0 };
    const report: PlatformReport = { requestId, status, errorType, metrics };
    const httpStatus = input.httpStatusOf?.(undefined);
    const startMs = this.#options.clock.now();
    const end: InvocationEnd = { report, startMs, coldStart: true, initializationType: 'on-demand' };
    this.#options.onInvocation(invocationReport(end, { ...input, instance, httpStatus }));
    // The failure was described before there was an invocation to name.
    const described = failure.payload.toString('utf8').replace(/(RequestId: |Z )init\b/, `$1${requestId}`);
    const payload = Buffer.from(described);
    const log = input.tail ? await this.#tailOf(end, input) : undefined;
    return { requestId, ok: false, errorType: failure.errorType, payload, log };
  }
}

function payloadOf(outcome: Outcome): Buffer {
  return outcome.ok ? outcome.payload : outcome.failure.payload;
}

function errorTypeOf(outcome: Outcome): string {
  return outcome.ok ? '' : outcome.failure.errorType;
}

/** The name of a log stream, which names the execution environment: `2026/01/31/[3]0f…`. */
function newInstance(version: VersionRecord, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version.version}]${randomBytes(16).toString('hex')}`;
}

/** Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function newTraceId(nowMs: number): string {
  const random = `${randomUUID()}${randomUUID()}`.replaceAll('-', '');
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${random.slice(0, 24)};Parent=${random.slice(40, 56)};Sampled=0`;
}
