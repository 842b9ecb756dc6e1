import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { answerSqs, type SqsRequest, sqsRequestLimit } from '../sqs/api/sqs-api.ts';
import { Queues } from '../sqs/queues.ts';
import { answerApi, type RequestLimit, type RequestLine, requestLimit } from './api/lambda-api.ts';
import type { ApiAnswer, ApiContext, ApiRequest } from './api/operation.ts';
import { EventInvocationWorker } from './async/worker.ts';
import type { CatalogContext } from './catalog/functions.ts';
import type { FunctionRecord, LayerRecord } from './catalog/records.ts';
import { Packages } from './catalog/storage/packages.ts';
import { RecordFiles } from './catalog/storage/record-files.ts';
import { CatalogStore } from './catalog/storage/store.ts';
import { EventSources } from './event-sources/event-sources.ts';
import { functionTarget } from './event-sources/target.ts';
import { FunctionUrls } from './function-urls/function-urls.ts';
import type { BusyPoll } from './invocations/busy-poll.ts';
import { Invocations } from './invocations/invocations.ts';
import { ACCOUNT_CONCURRENCY, CONCURRENCY_PER_VERSION, PARKED_PROCESSES } from './limits.ts';
import type {
  AroundChange,
  Clock,
  FunctionLogLine,
  InvocationReport,
  Log,
  StateEngine,
  Units,
} from './ports.ts';
import { openSandbox } from './processes/sandbox/sandbox.ts';

export interface EmbeddedRuntimeOptions {
  /** Where functions are kept; made when it is missing. One runtime at a time may use it. */
  directory: string;
  region: string;
  /** Twelve digits. */
  accountId: string;
  /** The public address of a function URL. */
  functionUrl(urlId: string): string;
  /** Called once for each ended invocation, soon after its answer. */
  onInvocation(report: InvocationReport): void;
  /** Called for each line that a function writes to standard output or error. */
  onLog(line: FunctionLogLine): void;
  clock: Clock;
  log: Log;
  /** Keeps events that wait; without it asynchronous invocations are refused. */
  state?: StateEngine;
  /** Execution environments of one version at most; default 10. */
  concurrencyPerVersion?: number;
  /** Invocations of all functions at a time; default 1,000. */
  accountConcurrency?: number;
  /** Processes of Node, and of Python, that are booted before there is a function for them; default 2 of each. */
  parkedProcesses?: number;
  /** Whether functions run in sandboxes where this machine can make them; default auto. */
  isolation?: 'auto' | 'off';
  /** Uniform in [0, 1), for routing by alias weights; default Math.random. */
  draw?(): number;
  /** Keeps a unit at one version of an alias with weights; without it every invocation is drawn, as on AWS. */
  units?: Units;
  /** Does the work of each change of a function or queue; default: just does it. */
  aroundChange?: AroundChange;
  busyPoll: BusyPoll;
}

/**
 * The twin of AWS Lambda: functions, versions and aliases on disk, invocations in processes of their own. It answers
 * requests of the Lambda API and of function URLs; sockets and signatures are the door's business.
 */
export class EmbeddedRuntime {
  /** Whether functions run in sandboxes, and if not why: one line for people. */
  readonly isolation: string;
  readonly urls: FunctionUrls;
  #context: ApiContext;

  private constructor(context: ApiContext, isolation: string) {
    this.#context = context;
    this.urls = new FunctionUrls(context);
    this.isolation = isolation;
  }

  /** Reads the directory. Throws when a record in it cannot be read. */
  static async open(options: EmbeddedRuntimeOptions): Promise<EmbeddedRuntime> {
    const { directory, clock, log, functionUrl, onInvocation, onLog } = options;
    const account = { region: options.region, accountId: options.accountId };
    const concurrencyPerVersion = options.concurrencyPerVersion ?? CONCURRENCY_PER_VERSION;
    const accountConcurrency = options.accountConcurrency ?? ACCOUNT_CONCURRENCY;
    const temporary = join(directory, 'tmp');
    // What a killed control room left behind.
    await rm(temporary, { recursive: true, force: true });
    const store = await CatalogStore.open(join(directory, 'functions'));
    const layers = await RecordFiles.open<LayerRecord>(join(directory, 'layers'), 'layer');
    const packages = await Packages.open(join(directory, 'code'), referenced(store, layers));
    const { sandbox, reason } = await isolationOf(options);
    const invocations = new Invocations({
      account,
      packages,
      temporary,
      concurrencyPerVersion,
      accountConcurrency,
      parkedProcesses: options.parkedProcesses ?? PARKED_PROCESSES,
      sandbox,
      clock,
      busyPoll: options.busyPoll,
      onInvocation,
      onLog,
      tagsOf: lastTags(store),
    });
    const { state, units, draw = Math.random } = options;
    const catalog: CatalogContext = {
      store,
      layers,
      account,
      clock,
      onReplaced: (_, version) => invocations.environments.retire(version),
      onProvisioned: (record) => invocations.environments.provision(record),
    };
    const queues = state && new Queues({ state, account, clock, log });
    const target = functionTarget({ catalog, draw, units, invocations });
    const polling = { target, mostConcurrent: concurrencyPerVersion, clock, log };
    const announce = (queue: string) => queues?.arrivals.announce(queue);
    const attempting = { catalog, invocations, draw, units, concurrencyPerFunction: concurrencyPerVersion };
    const events = state && new EventInvocationWorker({ ...attempting, state, announce, log });
    const context: ApiContext = {
      catalog,
      packages,
      invocations,
      functionUrl,
      draw,
      units,
      accountConcurrency,
      concurrencyPerVersion,
      log,
      aroundChange: options.aroundChange,
      queues,
      eventSources: queues && new EventSources({ state, queues, ...polling }),
      events,
    };
    for (const record of store.list()) {
      await invocations.environments.provision(record).catch((error) => {
        log.error({ functionName: record.name, error: String(error) }, 'provisioned concurrency');
      });
    }
    const isolation = sandbox ? 'each execution environment in a sandbox of bubblewrap' : `none: ${reason}`;
    const runtime = new EmbeddedRuntime(context, isolation);
    runtime.wake();
    return runtime;
  }

  /** Runs events that are due now. Tests call it after advancing the clock. */
  wake(): void {
    this.#context.events?.wake();
  }

  /** Answers a request of the Lambda API whose signature was verified. Never rejects. */
  api(request: ApiRequest): Promise<ApiAnswer> {
    return answerApi(this.#context, request);
  }

  /** How large the body of a Lambda API request may be, and the answer when it is larger. */
  requestLimit(request: RequestLine): RequestLimit {
    return requestLimit(request);
  }

  /** Answers a request of the SQS API whose signature was verified. Never rejects. */
  sqs(request: SqsRequest): Promise<ApiAnswer> {
    return answerSqs(this.#context, request);
  }

  /** How large the body of an SQS API request may be, and the answer when it is larger. */
  sqsRequestLimit(): RequestLimit {
    return sqsRequestLimit();
  }

  /** Kills all execution environments and resolves when no process is left; events that were running wait again. */
  async close(): Promise<void> {
    const { queues, events, eventSources, invocations } = this.#context;
    // What functions had begun with messages ends with their environments.
    const stopped = eventSources?.close();
    queues?.close();
    events?.stop();
    await invocations.close();
    await Promise.all([stopped, events?.ended()]);
  }
}

async function isolationOf({ directory, isolation = 'auto' }: EmbeddedRuntimeOptions) {
  if (isolation === 'off') return { sandbox: undefined, reason: 'it was switched off' };
  const found = await openSandbox(join(directory, 'sandbox'));
  return 'around' in found ? { sandbox: found, reason: '' } : { sandbox: undefined, reason: found.reason };
}

/** Tags by function name. A deleted function keeps its last ones: it may still be running. */
function lastTags(store: CatalogStore): (functionName: string) => FunctionRecord['tags'] {
  const last = new Map<string, FunctionRecord['tags']>();
  return (functionName) => {
    const tags = store.get(functionName)?.tags ?? last.get(functionName) ?? {};
    last.set(functionName, tags);
    return tags;
  };
}

/** The packages of functions and of layers, also of deleted layer versions that a function has. */
function referenced(store: CatalogStore, layers: RecordFiles<LayerRecord>): Set<string> {
  const versions = store.list().flatMap((record) => [record.latest, ...record.versions]);
  const used = versions.flatMap((version) => [version, ...version.layers]);
  const published = layers.list().flatMap((layer) => layer.versions);
  return new Set([...used, ...published].map(({ codeSha256 }) => codeSha256));
}
