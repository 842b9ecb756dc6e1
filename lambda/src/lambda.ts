/** The twin of AWS Lambda and SQS: the only module that others import. */
import { join } from 'node:path';
import { systemClock } from './clock.ts';
import { isLoopbackHost } from './http/hosts.ts';
import { type LambdaHttp, lambdaHttp } from './http/routes.ts';
import { BusyPoll } from './invocations/busy-poll.ts';
import { errorLog } from './log.ts';
import type { FunctionLogLine, InvocationReport } from './ports.ts';
import { EmbeddedRuntime, type EmbeddedRuntimeOptions } from './runtime.ts';
import type { Credentials } from './signature/sigv4.ts';

export type {
  AroundChange,
  Change,
  Clock,
  FunctionLogLine,
  InvocationReport,
  Log,
  StateEngine,
  Units,
} from './ports.ts';

/** Directory of `NNN-*.sql` files: the tables that queues and waiting events need in the state engine. */
export const MIGRATIONS = join(import.meta.dirname, '..', 'migrations');

/** Required: `directory`, `region`, `accountId`, `functionUrl`. */
export interface LambdaOptions
  extends Omit<EmbeddedRuntimeOptions, 'busyPoll' | 'clock' | 'log' | 'onInvocation' | 'onLog'> {
  /** The key pair whose signatures are accepted. */
  credentials: Credentials;
  /** Whether a Host header names the server of the Lambda API; default: loopback. */
  isOwnHost?(host: string): boolean;
  /** Called once per ended invocation, soon after its response. */
  onInvocation?(report: InvocationReport): void;
  /** Called for each line that a function writes to standard output or error. */
  onLog?(line: FunctionLogLine): void;
  clock?: EmbeddedRuntimeOptions['clock'];
  /** Default: warnings and errors on standard error. */
  log?: EmbeddedRuntimeOptions['log'];
  /** Keeps the event loop awake between invocations that follow closely; default true. */
  busyPolling?: boolean;
}

export interface Lambda extends LambdaHttp {
  /** Whether functions run in sandboxes, and if not why: one line. */
  readonly isolation: string;
  /** How often the event loop was kept awake by busy polling since the start. */
  readonly polls: number;
  /** Runs events that are due now. Tests call it after advancing the clock. */
  wake(): void;
  /** Kills all execution environments; events that were running wait again. */
  close(): Promise<void>;
}

/** Opens the twin on its data directory. Throws when a record there cannot be read. */
export async function open(options: LambdaOptions): Promise<Lambda> {
  const { credentials, region, busyPolling, isOwnHost = isLoopbackHost, ...rest } = options;
  const { clock = systemClock, log = errorLog, onInvocation = () => {}, onLog = () => {} } = rest;
  const busyPoll = new BusyPoll({ enabled: busyPolling ?? true });
  const runtime = await EmbeddedRuntime.open({
    ...rest,
    region,
    clock,
    log,
    onInvocation,
    onLog,
    busyPoll,
  });
  // Signatures are judged by the real time, whatever clock events wait by.
  const signer = { credentials, region, clock: systemClock };
  return {
    ...lambdaHttp({ runtime, busyPoll, isOwnHost, ...signer }),
    isolation: runtime.isolation,
    get polls() {
      return busyPoll.polls;
    },
    wake: () => runtime.wake(),
    close: () => runtime.close(),
  };
}
