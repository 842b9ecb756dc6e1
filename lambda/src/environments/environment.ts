import { rm } from 'node:fs/promises';
import type { BusyPoll } from '../invocations/busy-poll.ts';
import { MAX_INIT_MS } from '../limits.ts';
import type { Clock } from '../ports.ts';
import type { Launch } from '../processes/launch.ts';
import { RuntimeProcess, type StartProcess } from '../processes/runtime-process.ts';
import { Extensions, type ShutdownReason } from './extensions/extensions.ts';
import { ExtensionsApi } from './extensions/extensions-api.ts';
import { exited, extensionFailed, type Failure, responseTooLarge, thrown, timedOut } from './failures.ts';
import { Freezer } from './freezer.ts';
import { RunningInvocation } from './running-invocation.ts';
import { type Delivery, RuntimeApi, type RuntimeApiEvents } from './runtime-api/runtime-api.ts';
import { shutDown } from './shutdown.ts';
import { type LineSource, PlatformLog } from './telemetry/platform-log.ts';
import { TelemetryStream } from './telemetry/telemetry-stream.ts';

export interface EnvironmentEvents {
  /** It waits for work. */
  idle(environment: Environment): void;
  /** It takes no more work. `failure` says why when it never came to wait for work. */
  ended(environment: Environment, failure: Failure | undefined): void;
  line(environment: Environment, requestId: string, line: string, source: LineSource): void;
}

export interface EnvironmentOptions {
  launch: Launch;
  clock: Clock;
  busyPoll: Pick<BusyPoll, 'arrived'>;
  /** A process that runs what the launch says, or is about to. */
  process: StartProcess;
  events: EnvironmentEvents;
}

const INIT_ID = 'init';

/** One execution environment: processes that handle one invocation at a time, and are frozen between them. */
export class Environment {
  /** How long the code outside the handler and the extensions took; undefined until it first waited for work. */
  initMs: number | undefined;
  /** Invocations it was given. */
  invocations = 0;
  #launch: Launch;
  #clock: Clock;
  #events: EnvironmentEvents;
  #api: RuntimeApi;
  #extensions: Extensions;
  #telemetry: TelemetryStream;
  #log: PlatformLog;
  #address = '';
  #runtime: RuntimeProcess;
  #freezer: Freezer;
  #startedAt: number;
  #invocation: RunningInvocation | undefined;
  #initTimer: NodeJS.Timeout | undefined;
  #failure: Failure | undefined;
  #gone: Promise<void> | undefined;
  #over = false;
  /** The process asks for an invocation. */
  #asks = false;
  /** It may be given one. */
  #ready = false;
  #requestId = INIT_ID;

  constructor({ launch, clock, busyPoll, process, events }: EnvironmentOptions) {
    this.#launch = launch;
    this.#clock = clock;
    this.#events = events;
    this.#startedAt = clock.monotonic();
    this.#telemetry = new TelemetryStream(clock, launch.variables.AWS_LAMBDA_LOG_FORMAT === 'JSON');
    this.#log = new PlatformLog(launch, this.#telemetry);
    this.#runtime = new RuntimeProcess(launch, process, {
      line: (line) => this.#line(line, 'function'),
      failed: (of) => this.#fail(of),
      ended: () => this.#leave(),
    });
    this.#extensions = new Extensions({
      launch,
      process,
      events: {
        registered: () => this.#startRuntime(),
        next: () => setImmediate(() => this.#onAsked()),
        failed: (type, detail) => this.#fail((id) => extensionFailed(id, type, detail)),
        line: (line) => this.#line(line, 'extension'),
      },
    });
    this.#freezer = new Freezer({
      clock,
      before: () => (this.#telemetry.subscribed ? this.#telemetry.flush() : undefined),
      processes: () => [this.#runtime, this.#extensions],
    });
    this.#api = new RuntimeApi(
      this.#runtimeEvents(busyPoll),
      new ExtensionsApi(this.#extensions, this.#telemetry, launch),
    );
  }

  get instance(): string {
    return this.#launch.instance;
  }

  /** Starts the processes. What goes wrong is reported through `ended`; never rejects. */
  async start(): Promise<void> {
    this.#log.initStart();
    try {
      const address = await this.#api.listen();
      if (this.#gone) return this.#api.close();
      this.#address = address;
      this.#initTimer = setTimeout(() => this.#startAgain(), MAX_INIT_MS);
      this.#extensions.start(address);
    } catch (error) {
      this.#runtime.onUnstarted(error);
    }
  }

  get idleSince(): number {
    return this.#freezer.idleSince;
  }

  /** True while it waits for an invocation. */
  get ready(): boolean {
    return this.#ready && !this.#gone;
  }

  /** Extensions that work on after an answer keep it busy. */
  get hasExtensions(): boolean {
    return this.#extensions.size > 0;
  }

  /** Runs one invocation; call only while `ready`. Its promises resolve however it ends. */
  invoke(asked: Omit<Delivery, 'deadlineMs'>): RunningInvocation {
    const timeoutMs = this.#launch.timeoutSeconds * 1000;
    const delivery = { ...asked, deadlineMs: Math.round(this.#clock.now() + timeoutMs) };
    const invocation = new RunningInvocation(delivery, this.#clock.now(), this.#clock.monotonic());
    this.invocations++;
    if (!this.ready) {
      this.#conclude(invocation, exited(asked.requestId, null, 'SIGKILL'));
      return invocation;
    }
    this.#invocation = invocation;
    this.#freezer.wake();
    this.#ready = false;
    this.#asks = false;
    this.#requestId = asked.requestId;
    invocation.timer = setTimeout(() => this.#onTimeout(timeoutMs), timeoutMs);
    this.#runtime.watch();
    this.#log.start(invocation);
    this.#extensions.invoke(delivery);
    this.#api.deliver(delivery);
    return invocation;
  }

  /** Ends it: at once, or when its extensions have had their time. `ended` follows. */
  shutDown(): void {
    if (this.#gone) return;
    const invocation = this.#invocation;
    if (invocation) this.#conclude(invocation, exited(invocation.requestId, null, 'SIGKILL'));
    this.#end('spindown');
  }

  /** Ends it and resolves when its processes and files are gone. */
  async close(): Promise<void> {
    this.shutDown();
    await this.#gone;
  }

  #runtimeEvents(busyPoll: Pick<BusyPoll, 'arrived'>): RuntimeApiEvents {
    const now = () => this.#clock.monotonic();
    return {
      arrived: () => busyPoll.arrived(),
      // What the invocation before wrote is read by the end of this turn of the event loop: a next one that began
      // sooner could mix its lines with those.
      ready: () => {
        this.#asks = true;
        this.#invocation?.onRuntimeDone(now());
        setImmediate(() => this.#onAsked());
      },
      left: () => {
        this.#asks = false;
        this.#ready = false;
      },
      responding: () => this.#invocation?.responding(now()),
      response: (_, payload) => this.#invocation?.settle({ ok: true, payload }, now()),
      responseTooLarge: (_, bytes) => this.#invocation?.fail(responseTooLarge(bytes), now()),
      error: (_, body, type) => this.#invocation?.fail(thrown(body, type), now()),
      initError: (body, type) => this.#fail(() => thrown(body, type)),
    };
  }

  #startRuntime(): void {
    // An extension may register while those of an environment that failed are told its end.
    if (this.#gone) return;
    this.#runtime.start(this.#address);
    const channel = this.#runtime.process?.channel;
    if (channel) this.#api.serve(channel);
  }

  /**
   * What has not started within 10 s is started once more, within the timeout of the invocation that waits for it.
   * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
   */
  async #startAgain(): Promise<void> {
    const limitMs = this.#launch.timeoutSeconds * 1000;
    if (!this.#runtime.process) return this.#onTimeout(MAX_INIT_MS);
    const failure = timedOut(INIT_ID, this.#clock.now(), MAX_INIT_MS / 1000);
    this.#log.initFailed(failure, this.#sinceStartMs(), this.#extensions.records());
    this.#initTimer = setTimeout(() => this.#onTimeout(limitMs), limitMs);
    await this.#runtime.clear();
    if (this.#gone) return this.#leave();
    this.#log.initAgain();
    this.#startRuntime();
  }

  #sinceStartMs(): number {
    return this.#clock.monotonic() - this.#startedAt;
  }

  /** The runtime or an extension has asked for work: when all of them have, the phase is over. */
  #onAsked(): void {
    if (!this.#asks || this.#ready || this.#gone) return;
    const invocation = this.#invocation;
    if (this.initMs === undefined) this.#log.runtimeInitialised(undefined);
    else if (invocation) this.#log.runtimeDone(invocation);
    if (!this.#extensions.done) return;
    if (this.initMs === undefined) this.#onInitialised();
    // Who subscribed gets the report before anything of the next invocation.
    if (invocation) this.#conclude(invocation, undefined);
    this.#rest();
  }

  #onInitialised(): void {
    clearTimeout(this.#initTimer);
    this.#runtime.rest();
    this.initMs = this.#sinceStartMs();
    this.#log.initialised(undefined, this.initMs, this.#extensions.records());
    this.#extensions.seal();
    this.#telemetry.seal();
  }

  #rest(): void {
    if (!this.#asks || this.#gone) return;
    this.#ready = true;
    this.#freezer.rest();
    this.#events.idle(this);
  }

  #onTimeout(afterMs: number): void {
    this.#fail((id) => timedOut(id, this.#clock.now(), afterMs / 1000));
  }

  /** Ends an invocation, and answers its caller with the failure unless that has been done. */
  #conclude(invocation: RunningInvocation, failure: Failure | undefined): void {
    if (this.#invocation === invocation) this.#invocation = undefined;
    const now = this.#clock.monotonic();
    clearTimeout(invocation.timer);
    this.#runtime.rest();
    invocation.onRuntimeDone(now);
    if (failure) invocation.fail(failure, now);
    this.#log.runtimeDone(invocation);
    const end = invocation.end(now, failure, {
      memorySizeMB: this.#launch.memoryMb,
      maxMemoryUsedMB: this.#runtime.peakMb(now),
      initMs: this.invocations === 1 ? this.initMs : undefined,
      initializationType: this.#log.initializationType,
    });
    this.#log.report(end.report, invocation);
    invocation.finish(end);
  }

  /** Something failed that the environment does not survive. `of` describes it for the request it hit. */
  #fail(of: (requestId: string) => Failure): void {
    if (this.#gone) return;
    const invocation = this.#invocation;
    const failure = of(invocation?.requestId ?? INIT_ID);
    if (this.initMs === undefined) {
      this.#failure = failure;
      this.#log.initFailed(failure, this.#sinceStartMs(), this.#extensions.records());
    }
    if (invocation) this.#conclude(invocation, failure);
    this.#end(failure.status === 'timeout' ? 'timeout' : 'failure');
  }

  #end(reason: ShutdownReason): void {
    if (this.#gone) return;
    this.#ready = false;
    clearTimeout(this.#initTimer);
    this.#freezer.stop();
    const process = this.#runtime.process;
    const extensions = this.#extensions;
    extensions.end();
    if (reason !== 'spindown' || extensions.size === 0) process?.kill();
    const ending = { process, extensions, telemetry: this.#telemetry, clock: this.#clock };
    this.#gone = shutDown(ending, reason).then(() => this.#clear());
    if (!process) this.#leave();
  }

  /** The runtime has ended. */
  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#runtime.stop();
    const failure = this.#failure ?? exited(INIT_ID, null, 'SIGKILL');
    this.#events.ended(this, this.initMs === undefined ? failure : undefined);
  }

  async #clear(): Promise<void> {
    this.#api.close();
    this.#telemetry.close();
    await rm(this.#launch.temporary, { recursive: true, force: true }).catch(() => {});
  }

  #line(line: string, source: LineSource): void {
    this.#log.line(line, source);
    this.#events.line(this, this.#requestId, line, source);
  }
}
