import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { FUNCTION_NAME } from './lease-server.ts';

/** What an invocation came to, as the caller of the handler saw it. */
export interface Outcome {
  value?: { statusCode?: number; body?: string; [member: string]: unknown };
  error?: { name: string; message: string; code?: string };
  /** How long the handler's caller waited, in milliseconds. */
  ms: number;
}

export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  traceState?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  status: { code?: number; message?: string };
  attributes: Record<string, string | number | boolean>;
  resource: Record<string, string | number | boolean>;
}

export interface ProductEvent {
  type: string;
  messageId: string;
  timestamp: string;
  anonymousId?: string;
  userId?: string;
  event?: string;
  properties?: Record<string, unknown>;
  traits?: Record<string, unknown>;
  context: { traceId?: string; upstack?: { unit?: string; run?: string; experiment?: string; arm?: string } };
}

/** Resolves as soon as `check` gives something; rejects after `deadlineMs`. */
export async function until<T>(
  what: string,
  check: () => T | Promise<T>,
  deadlineMs = 10_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== null && result !== false) return result;
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A real child process that runs the handlers of `function-main.ts`, one invocation per message. */
export class FunctionProcess {
  readonly child: ChildProcess;
  /** Everything it wrote to standard output, by line. */
  readonly lines: string[] = [];
  stderr = '';
  #waiting = new Map<number, (outcome: Outcome) => void>();
  #next = 0;

  constructor(env: Record<string, string> = {}) {
    const main = fileURLToPath(new URL('function-main.ts', import.meta.url));
    const { PATH = '' } = process.env;
    this.child = fork(main, {
      env: {
        PATH,
        AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME,
        AWS_LAMBDA_FUNCTION_VERSION: '7',
        AWS_LAMBDA_LOG_STREAM_NAME: 'instance-1',
        ...env,
      },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let rest = '';
    this.child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      this.lines.push(...parts);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.stderr += chunk;
    });
    this.child.on('message', ({ id, ...outcome }: Outcome & { id: number }) => {
      this.#waiting.get(id)?.(outcome);
      this.#waiting.delete(id);
    });
  }

  /** Invokes one of the handlers of `function-main.ts`. */
  invoke(
    handler: string,
    event: unknown = {},
    context: { requestId?: string; clientContext?: unknown; remainingMs?: number } = {},
  ): Promise<Outcome> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, resolve);
      this.child.once('exit', () => reject(new Error(`the function process ended: ${this.stderr}`)));
      this.child.setMaxListeners(0);
      this.child.send({ id, handler, event, requestId: `request-${id}`, remainingMs: 30_000, ...context });
    });
  }

  get telemetry(): {
    environment?: string;
    traces?: { resourceSpans: unknown[] };
    events?: ProductEvent[];
  }[] {
    return this.lines.filter((line) => line.startsWith('{"upstack":1,')).map((line) => JSON.parse(line));
  }

  get spans(): Span[] {
    type Attribute = { key: string; value: { stringValue?: string; boolValue?: boolean; intValue?: string } };
    type Raw = Omit<Span, 'attributes' | 'resource'> & { attributes: Attribute[] };
    const flat = (attributes: Attribute[]) =>
      Object.fromEntries(
        attributes.map(({ key, value }) => [
          key,
          value.stringValue ?? value.boolValue ?? Number(value.intValue),
        ]),
      );
    const resources = this.telemetry.flatMap((line) => line.traces?.resourceSpans ?? []) as {
      resource: { attributes: Attribute[] };
      scopeSpans: { spans: Raw[] }[];
    }[];
    return resources.flatMap(({ resource, scopeSpans }) =>
      scopeSpans.flatMap(({ spans }) =>
        spans.map((raw) => ({
          ...raw,
          attributes: flat(raw.attributes),
          resource: flat(resource.attributes),
        })),
      ),
    );
  }

  get events(): ProductEvent[] {
    return this.telemetry.flatMap((line) => line.events ?? []);
  }

  span(requestId: string): Promise<Span> {
    const find = () => this.spans.find((span) => span.attributes['faas.invocation_id'] === requestId);
    return until(`a span of ${requestId}`, find);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
  }
}
