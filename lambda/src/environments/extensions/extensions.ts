import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MAX_EXTENSIONS } from '../../limits.ts';
import type { Launch } from '../../processes/launch.ts';
import type { EnvironmentProcess } from '../../processes/process.ts';
import type { StartProcess } from '../../processes/runtime-process.ts';
import type { Delivery } from '../runtime-api/runtime-api.ts';
import type { Records } from '../telemetry/platform-events.ts';
import { Extension, type ExtensionEvent, ExtensionRefusal } from './extension.ts';

export type ShutdownReason = 'spindown' | 'timeout' | 'failure';

interface ExtensionsEvents {
  /** Every external extension has registered: the runtime may start. */
  registered(): void;
  /** An extension has asked for its next event. */
  next(): void;
  /** An extension has failed or ended, which the environment does not survive. */
  failed(errorType: string, detail: string): void;
  line(line: string): void;
}

export interface ExtensionsOptions {
  launch: Launch;
  process: StartProcess;
  events: ExtensionsEvents;
}

/** What only the runtime's process sees. Source: the page below, "Environment variables". */
const RUNTIMES_OWN = new Set([
  '_HANDLER',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_XRAY_CONTEXT_MISSING',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/**
 * The extensions of one execution environment. External ones are the files of `/opt/extensions`, each a process, started
 * before the runtime; internal ones are parts of the runtime that register themselves.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 */
export class Extensions {
  #options: ExtensionsOptions;
  #byName = new Map<string, Extension>();
  /** By the name of the external extension. */
  #processes = new Map<string, EnvironmentProcess>();
  #open = true;
  #ending = false;

  constructor(options: ExtensionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#byName.size;
  }

  get hasExternal(): boolean {
    return this.#processes.size > 0;
  }

  get hasInternal(): boolean {
    return this.#byName.size > this.#processes.size;
  }

  /** Every extension has asked for its next event. */
  get done(): boolean {
    for (const extension of this.#byName.values()) if (!extension.done) return false;
    return true;
  }

  /** Resolves when the processes are gone. */
  get gone(): Promise<unknown> {
    return Promise.all([...this.#processes.values()].map((process) => process.gone));
  }

  /** Starts the external ones, if there are any. */
  start(address: string): void {
    const { launch, events } = this.#options;
    const files = externalExtensions(launch.layersRoot);
    for (const file of files) this.#byName.set(basename(file), new Extension(basename(file), true));
    for (const file of files) this.#startOne(file, address);
    if (files.length === 0) events.registered();
  }

  /** Throws ExtensionRefusal. */
  register(name: string, events: readonly ExtensionEvent[]): Extension {
    const refuse = (type: string, message: string) => new ExtensionRefusal(`Extension.${type}`, message);
    const known = this.#byName.get(name);
    const all = [...this.#byName.values()];
    if (all.filter(({ state }) => state !== 'Started').length >= MAX_EXTENSIONS) {
      throw refuse('TooManyExtensions', `Extension limit (${MAX_EXTENSIONS}) reached`);
    }
    if (known?.external) {
      known.register(events);
      if (!all.some(({ external, state }) => external && state === 'Started'))
        this.#options.events.registered();
      return known;
    }
    if (!this.#open) throw refuse('RegistrationClosed', 'Extension registration closed already');
    if (known) throw refuse('InvalidExtensionState', 'Extension with this name already registered');
    const extension = new Extension(name, false);
    extension.register(events);
    this.#byName.set(name, extension);
    return extension;
  }

  isExternal(name: string): boolean {
    return this.#byName.get(name)?.external ?? false;
  }

  find(id: string): Extension | undefined {
    for (const extension of this.#byName.values()) if (extension.id === id) return extension;
    return undefined;
  }

  /** An extension has asked for its next event. */
  onNext(): void {
    this.#options.events.next();
  }

  /** An extension said that it failed. */
  onFailed(extension: Extension): void {
    if (this.#ending) return;
    const kind = extension.state === 'InitError' ? 'Extension.InitError' : 'Extension.ExitError';
    this.#options.events.failed(kind, extension.errorType ?? 'Unknown');
  }

  /** No extension can register any more. */
  seal(): void {
    this.#open = false;
  }

  /** Tells those that want to know of an invocation. */
  invoke(delivery: Delivery): void {
    if (this.size === 0) return;
    const { deadlineMs, requestId, functionArn, traceId } = delivery;
    this.#send('INVOKE', {
      eventType: 'INVOKE',
      deadlineMs,
      requestId,
      invokedFunctionArn: functionArn,
      tracing: { type: 'X-Amzn-Trace-Id', value: traceId },
    });
  }

  /** Tells those that want to know that the environment ends, and kills the others. */
  tellShutdown(reason: ShutdownReason, deadlineMs: number): void {
    this.#send('SHUTDOWN', { eventType: 'SHUTDOWN', shutdownReason: reason, deadlineMs });
    for (const [name, process] of this.#processes) {
      if (!this.#byName.get(name)?.events.includes('SHUTDOWN')) process.kill();
    }
  }

  /** From now on a process that ends is no failure. */
  end(): void {
    this.#ending = true;
  }

  kill(): void {
    for (const process of this.#processes.values()) process.kill();
  }

  freeze(): void {
    for (const process of this.#processes.values()) process.freeze();
  }

  thaw(): void {
    for (const process of this.#processes.values()) process.thaw();
  }

  /** What `platform.extension` says of each. */
  records(): Records['platform.extension'][] {
    return [...this.#byName.values()].map(({ name, state, events, errorType }) => ({
      name,
      state,
      events: [...events],
      ...(errorType === undefined ? {} : { errorType }),
    }));
  }

  #send(wanted: ExtensionEvent, event: object): void {
    for (const extension of this.#byName.values()) {
      if (extension.events.includes(wanted)) extension.send(event);
    }
  }

  #startOne(file: string, address: string): void {
    const { launch, process, events } = this.#options;
    const failed = (errorType: string, detail: string) => {
      if (!this.#ending) events.failed(errorType, detail);
    };
    const variables = Object.entries(launch.variables).filter(([name]) => !RUNTIMES_OWN.has(name));
    const started = process(
      {
        ...launch,
        command: file,
        arguments: [],
        channel: false,
        kind: undefined,
        variables: Object.fromEntries(variables),
      },
      address,
      {
        line: (line) => events.line(line),
        missing: (error) => failed('Extension.LaunchError', launchDetail(file, error)),
        exited: (code, signal) =>
          failed('Extension.Crash', signal === null ? `exit code ${code}` : `signal: ${signal}`),
      },
    );
    this.#processes.set(basename(file), started);
  }
}

/**
 * The files of `/opt/extensions`. Every file is an extension, as on AWS: one that cannot be executed fails the
 * environment.
 */
export function externalExtensions(layersRoot: string | undefined): string[] {
  if (layersRoot === undefined) return [];
  const directory = join(layersRoot, 'extensions');
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => join(directory, name));
  } catch {
    return [];
  }
}

function launchDetail(file: string, error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const reason =
    code === 'EACCES' ? 'permission denied' : code === 'ENOENT' ? 'no such file or directory' : String(code);
  return `fork/exec /opt/extensions/${basename(file)}: ${reason}`;
}
