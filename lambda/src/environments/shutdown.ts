import { MAX_INTERNAL_SHUTDOWN_MS, MAX_RUNTIME_SHUTDOWN_MS, MAX_SHUTDOWN_MS } from '../limits.ts';
import type { Clock } from '../ports.ts';
import type { EnvironmentProcess } from '../processes/process.ts';
import type { Extensions, ShutdownReason } from './extensions/extensions.ts';
import type { TelemetryStream } from './telemetry/telemetry-stream.ts';
import { doneWithin } from './within.ts';

export interface Ending {
  /** The runtime's; undefined when it was never started. */
  process: EnvironmentProcess | undefined;
  extensions: Extensions;
  telemetry: TelemetryStream;
  clock: Clock;
}

/**
 * Lambda's Shutdown phase: the runtime gets SIGTERM when there are extensions, unless it has failed; then external
 * extensions are told and have the rest of the time. What is left when it is over is killed. Resolves when nothing runs.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown
 */
export async function shutDown(ending: Ending, reason: ShutdownReason): Promise<void> {
  const { process, extensions, telemetry, clock } = ending;
  extensions.end();
  const deadline = clock.monotonic() + MAX_SHUTDOWN_MS;
  if (reason === 'spindown' && extensions.size > 0) await endRuntime(process, extensions);
  process?.kill();
  await process?.gone;
  if (extensions.hasExternal) {
    await telemetry.flush();
    const restMs = deadline - clock.monotonic();
    extensions.tellShutdown(reason, Math.round(clock.now() + restMs));
    await doneWithin(restMs, extensions.gone);
  }
  extensions.kill();
  await extensions.gone;
}

async function endRuntime(process: EnvironmentProcess | undefined, extensions: Extensions): Promise<void> {
  if (!process) return;
  process.terminate();
  const longestMs = extensions.hasInternal ? MAX_INTERNAL_SHUTDOWN_MS : MAX_RUNTIME_SHUTDOWN_MS;
  await doneWithin(longestMs, process.gone);
}
