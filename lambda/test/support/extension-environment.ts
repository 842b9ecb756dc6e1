import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULTS } from '../../src/catalog/settings/settings.ts';
import { systemClock } from '../../src/clock.ts';
import { Environment } from '../../src/environments/environment.ts';
import type { Failure } from '../../src/environments/failures.ts';
import type { LineSource } from '../../src/environments/telemetry/platform-log.ts';
import { BusyPoll } from '../../src/invocations/busy-poll.ts';
import { type Launch, launchOf } from '../../src/processes/launch.ts';
import { EnvironmentProcess } from '../../src/processes/process.ts';
import { Reaper } from '../../src/processes/reaper.ts';

/** Something that the recording extension was told. */
export interface Recorded {
  name: string;
  kind: 'registered' | 'subscribed' | 'event' | 'telemetry' | 'failed';
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the environment sent.
  value: any;
}

export interface ExtensionSetting {
  /** The function's `index.mjs`. */
  code: string;
  /** Names of recording extensions; default one. */
  extensions?: string[];
  /** Variables of the function, which say how the extensions behave. */
  environment?: Record<string, string>;
  timeoutSeconds?: number;
  /** Changes the launch before it is used. */
  launch?(launch: Launch): Launch;
}

const RECORDER = join(import.meta.dirname, 'recorder.cjs');
const account = { region: 'eu-west-1', accountId: '123456789012' };

/** An execution environment of Node with extensions beside it, each a process that writes down what it is told. */
export class ExtensionEnvironment {
  readonly environment: Environment;
  readonly lines: { source: LineSource; requestId: string; line: string }[] = [];
  /** Why it never came to wait for work, when it has ended. */
  failure: Failure | undefined;
  idle = 0;
  ended = false;
  #directory: string;
  #reaper = new Reaper();

  private constructor(directory: string, launch: Launch) {
    this.#directory = directory;
    this.environment = new Environment({
      launch,
      busyPoll: new BusyPoll(),
      clock: systemClock,
      process: (how, address, events) =>
        EnvironmentProcess.start(how, address, { reaper: this.#reaper, sandbox: undefined }, events),
      events: {
        idle: () => this.idle++,
        ended: (_, failure) => {
          this.failure = failure;
          this.ended = true;
        },
        line: (_, requestId, line, source) => this.lines.push({ source, requestId, line }),
      },
    });
  }

  static async open(setting: ExtensionSetting): Promise<ExtensionEnvironment> {
    const directory = await mkdtemp(join(tmpdir(), 'upstack-extensions-'));
    const layersRoot = join(directory, 'opt');
    const taskRoot = join(directory, 'task');
    await mkdir(join(layersRoot, 'extensions'), { recursive: true });
    await mkdir(taskRoot);
    await writeFile(join(taskRoot, 'index.mjs'), setting.code);
    for (const name of setting.extensions ?? ['recorder']) {
      const file = join(layersRoot, 'extensions', name);
      await writeFile(file, `#!${process.execPath}\n${await readFile(RECORDER, 'utf8')}`);
      await chmod(file, name === 'unexecutable' ? 0o644 : 0o755);
    }
    const launch = launchOf({
      account,
      name: 'cart',
      version: {
        ...DEFAULTS,
        runtime: 'nodejs24.x',
        handler: 'index.handler',
        timeoutSeconds: setting.timeoutSeconds ?? 10,
        environment: { RECORD: join(directory, 'record'), ...setting.environment },
        version: '$LATEST',
        codeSha256: '',
        codeSizeBytes: 0,
        lastModified: '',
        revisionId: '',
      },
      taskRoot,
      layersRoot,
      initialization: 'on-demand',
      sandboxed: false,
      temporary: join(directory, 'tmp'),
      instance: '2026/01/31/[$LATEST]0f',
    });
    const opened = new ExtensionEnvironment(directory, setting.launch?.(launch) ?? launch);
    void opened.environment.start();
    return opened;
  }

  /** Invokes when the environment waits for work. */
  async invoke(requestId: string, event: unknown = {}) {
    await this.until('it is idle', () => this.environment.ready);
    return this.environment.invoke({
      requestId,
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:cart',
      traceId: 'Root=1-5f35ae12-0c0fec141ab77a00bc047aa2;Parent=2be948a625588e32;Sampled=1',
      clientContext: undefined,
      payload: Buffer.from(JSON.stringify(event)),
    });
  }

  async recorded(kind?: Recorded['kind']): Promise<Recorded[]> {
    const text = await readFile(join(this.#directory, 'record'), 'utf8').catch(() => '');
    const all = text.split('\n').slice(0, -1);
    const entries = all.map((line) => JSON.parse(line) as Recorded);
    return kind === undefined ? entries : entries.filter((entry) => entry.kind === kind);
  }

  /** Waits for what the extensions write down. */
  async untilRecorded(what: string, condition: (all: Recorded[]) => boolean): Promise<Recorded[]> {
    let all: Recorded[] = [];
    await this.until(what, async () => {
      all = await this.recorded();
      return condition(all);
    });
    return all;
  }

  async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = performance.now() + 20_000; performance.now() < end; await sleep(5)) {
      if (await condition()) return;
    }
    const seen = JSON.stringify({ lines: this.lines, recorded: await this.recorded() });
    throw new Error(`gave up waiting until ${what}: ${seen}`);
  }

  async close(): Promise<void> {
    await this.environment.close();
    await this.#reaper.close();
    await rm(this.#directory, { recursive: true });
  }
}
