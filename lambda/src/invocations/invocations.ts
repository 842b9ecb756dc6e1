import { randomUUID } from 'node:crypto';
import type { FunctionRecord, VersionRecord } from '../catalog/records.ts';
import { Environments, type EnvironmentsOptions, type WrittenLine } from '../environments/environments.ts';
import { StartFailure } from '../environments/pool.ts';
import type { InvocationEnd, Outcome } from '../environments/running-invocation.ts';
import type { ResponseSink } from '../environments/runtime-api/runtime-api.ts';
import type { PlatformReport, Records } from '../environments/telemetry/platform-events.ts';
import type { FunctionLogLine, InvocationReport } from '../ports.ts';
import { ConcurrencyGate } from './concurrency.ts';
import { type Invoked, invocationReport } from './invocation-report.ts';
import { isLoop, loopStopped, traceHeaderFrom, withInvocation } from './lineage.ts';
import { LogTail } from './log-tail.ts';
import { systemLines } from './system-log.ts';

export interface InvocationsOptions extends EnvironmentsOptions {
  /** Invocations of all functions at a time. */
  accountConcurrency: number;
  onInvocation(report: InvocationReport): void;
  onLog(line: FunctionLogLine): void;
  /** The tags of a function, also of one that was deleted while it ran. */
  tagsOf(functionName: string): Readonly<Record<string, string>>;
}

export interface InvokeInput {
  /** Set on retries, and where the id was announced before; otherwise generated. */
  requestId?: string;
  record: FunctionRecord;
  version: VersionRecord;
  /** ARN with the qualifier that the caller used. */
  functionArn: string;
  /** JSON. */
  payload: Uint8Array;
  /** The caller's trace header. */
  traceId: string | undefined;
  clientContext: string | undefined;
  /** Takes the parts of a streamed response while the function writes them. */
  stream?: ResponseSink | undefined;
  /** Collect the log of this invocation. */
  tail: boolean;
  /**
   * The status of the HTTP answer that the result becomes, undefined for a failure; a promise when the answer is still to
   * be made. Neither throws nor rejects. Absent for an invocation by the API.
   */
  httpStatusOf?: (result: Buffer | undefined) => number | Promise<number>;
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

/** An invocation whose outcome is known, but whose HTTP status may be pending. */
type Answered = Omit<Invoked, 'httpStatus' | 'tags'> & { httpStatus: number | Promise<number> | undefined };

/** Runs invocations in execution environments, and reports each one and each line that it writes. */
export class Invocations {
  readonly environments: Environments;
  #options: InvocationsOptions;
  #gate: ConcurrencyGate;
  #tails = new Map<string, LogTail>();
  #reports = new Set<Promise<unknown>>();

  constructor(options: InvocationsOptions) {
    this.#options = options;
    this.#gate = new ConcurrencyGate(options.accountConcurrency, options.busyPoll);
    this.environments = new Environments(options, (line) => this.#onLine(line));
  }

  /**
   * Throws TooManyRequestsException at the limits of concurrency and RecursiveInvocationException in a loop; whatever
   * happens in the function is an outcome, not an error.
   */
  async invoke(input: InvokeInput): Promise<InvokeOutcome> {
    const { record, version } = input;
    const { name } = record;
    const traceId = traceHeaderFrom(input.traceId) ?? newTraceId(this.#options.clock.now());
    if (isLoop(record, traceId)) throw loopStopped();
    const requestId = input.requestId ?? randomUUID();
    this.#gate.enter(name, record.reservedConcurrency);
    if (input.tail) this.#tails.set(requestId, new LogTail());
    let working: Promise<unknown> | undefined;
    try {
      const environment = await this.environments.acquire(name, version);
      const running = environment.invoke({
        requestId,
        functionArn: input.functionArn,
        traceId: withInvocation(traceId, name),
        clientContext: input.clientContext,
        payload: input.payload,
        stream: input.stream,
      });
      const outcome = await running.answer;
      const httpStatus = input.httpStatusOf?.(outcome.ok ? outcome.payload : undefined);
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
      if (working) void working.then(() => this.#gate.leave(name));
      else this.#gate.leave(name);
    }
  }

  /** Kills all execution environments; resolves when their processes are gone and all invocations are reported. */
  async close(): Promise<void> {
    await this.environments.close();
    await Promise.all(this.#reports);
  }

  #onLine({ name: functionName, version, instance, requestId, line, source }: WrittenLine): void {
    this.#tails.get(requestId)?.push(line);
    const atMs = this.#options.clock.now();
    const { version: number, environment: variables } = version;
    const labels = { tags: this.#options.tagsOf(functionName), variables };
    this.#options.onLog({
      source,
      functionName,
      version: number,
      instance,
      requestId,
      atMs,
      line,
      ...labels,
    });
  }

  /** Reports without making the caller wait for the work that goes on after its answer. */
  #report(ended: Promise<InvocationEnd>, invoked: Answered): Promise<InvocationEnd> {
    const reporting = ended.then(async (end) => {
      const httpStatus = await invoked.httpStatus;
      this.#reports.delete(reporting);
      const tags = this.#options.tagsOf(invoked.name);
      this.#options.onInvocation(invocationReport(end, { ...invoked, httpStatus, tags }));
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
    const startMs = this.#options.clock.now();
    const end: InvocationEnd = { report, startMs, coldStart: true, initializationType: 'on-demand' };
    const { record, version } = input;
    void this.#report(Promise.resolve(end), {
      name: record.name,
      version,
      instance,
      httpStatus: input.httpStatusOf?.(undefined),
    });
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

/** Source: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function newTraceId(nowMs: number): string {
  const [a, b] = [randomUUID(), randomUUID()];
  const seconds = Math.floor(nowMs / 1000).toString(16);
  // The digits of a UUID from its ninth to its twenty-fourth are not all random.
  return `Root=1-${seconds}-${a.slice(0, 8)}${a.slice(24)}${b.slice(0, 4)};Parent=${b.slice(24)}${b.slice(4, 8)};Sampled=0`;
}
