import type { Launch } from '../../processes/launch.ts';
import type { Failure } from '../failures.ts';
import type { RunningInvocation } from '../running-invocation.ts';
import {
  categoryOf,
  type EventType,
  type InitializationType,
  type PlatformReport,
  type Records,
  rounded,
  type Status,
} from './platform-events.ts';
import type { TelemetryStream } from './telemetry-stream.ts';

/** Who wrote a line. */
export type LineSource = 'function' | 'extension';

/** Tells what happens to one execution environment. An event that nobody wants is not made. */
export class PlatformLog {
  readonly initializationType: InitializationType;
  #launch: Launch;
  #stream: TelemetryStream;
  #phase: 'init' | 'invoke' = 'init';
  #runtimeInitialised = false;

  constructor(launch: Launch, stream: TelemetryStream) {
    this.#launch = launch;
    this.#stream = stream;
    const provisioned = launch.variables.AWS_LAMBDA_INITIALIZATION_TYPE === 'provisioned-concurrency';
    this.initializationType = provisioned ? 'provisioned-concurrency' : 'on-demand';
  }

  initStart(): void {
    const { variables, functionArn, instance, memoryMb } = this.#launch;
    this.#emit('platform.initStart', () => ({
      ...this.#init(),
      functionName: variables.AWS_LAMBDA_FUNCTION_NAME ?? '',
      functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION ?? '',
      functionArn,
      instanceId: instance,
      instanceMaxMemory: memoryMb * 1_048_576,
    }));
  }

  /** The runtime has asked for work for the first time, or will not any more. */
  runtimeInitialised(failure: Failure | undefined): void {
    if (this.#runtimeInitialised) return;
    this.#runtimeInitialised = true;
    this.#emit('platform.initRuntimeDone', () => ({ ...this.#init(), ...statusOf(failure) }));
  }

  initialised(
    failure: Failure | undefined,
    durationMs: number,
    extensions: Records['platform.extension'][],
  ): void {
    for (const record of extensions) this.#emit('platform.extension', () => record);
    this.#emit('platform.initReport', () => ({
      ...this.#init(),
      ...statusOf(failure),
      metrics: { durationMs: rounded(durationMs) },
    }));
  }

  initFailed(failure: Failure, durationMs: number, extensions: Records['platform.extension'][]): void {
    this.runtimeInitialised(failure);
    this.initialised(failure, durationMs, extensions);
  }

  /** The initialisation is repeated for the invocation that waits for it. */
  initAgain(): void {
    this.#phase = 'invoke';
    this.#runtimeInitialised = false;
    this.initStart();
  }

  start(invocation: RunningInvocation): void {
    const version = this.#launch.variables.AWS_LAMBDA_FUNCTION_VERSION ?? '';
    this.#emit('platform.start', () => invocation.startRecord(version));
  }

  runtimeDone(invocation: RunningInvocation): void {
    if (invocation.told) return;
    invocation.told = true;
    this.#emit('platform.runtimeDone', () => invocation.runtimeDoneRecord());
  }

  report(report: PlatformReport, invocation: RunningInvocation): void {
    this.#emit('platform.report', () => ({ ...report, tracing: invocation.tracing }));
  }

  line(line: string, source: LineSource): void {
    this.#emit(source, () => line);
  }

  #init() {
    return { initializationType: this.initializationType, phase: this.#phase };
  }

  #emit<Type extends EventType>(type: Type, record: () => Records[Type]): void {
    if (this.#stream.wants(categoryOf(type))) this.#stream.publish(type, record());
  }
}

function statusOf(failure: Failure | undefined): { status: Status; errorType?: string } {
  return failure ? { status: failure.status, errorType: failure.errorType } : { status: 'success' };
}
