import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { provisionedVersions } from '../catalog/concurrency/provisioned.ts';
import type { Account } from '../catalog/names.ts';
import type { FunctionRecord, VersionRecord } from '../catalog/records.ts';
import type { Packages } from '../catalog/storage/packages.ts';
import { LambdaError } from '../errors.ts';
import type { BusyPoll } from '../invocations/busy-poll.ts';
import type { Clock } from '../ports.ts';
import { launchOf, usualNode } from '../processes/launch.ts';
import { ParkedProcesses } from '../processes/parked.ts';
import { Reaper } from '../processes/reaper.ts';
import type { Sandbox } from '../processes/sandbox/sandbox.ts';
import { Environment } from './environment.ts';
import { externalExtensions } from './extensions/extensions.ts';
import { Pool } from './pool.ts';
import type { Provisioned } from './provision.ts';
import type { LineSource } from './telemetry/platform-log.ts';

export interface EnvironmentsOptions {
  account: Account;
  packages: Packages;
  /** Where execution environments get their temporary directories. */
  temporary: string;
  concurrencyPerVersion: number;
  /** Processes that are booted before there is a function for them. */
  parkedProcesses: number;
  /** Undefined runs functions without one. */
  sandbox: Sandbox | undefined;
  clock: Clock;
  busyPoll: BusyPoll;
}

/** A line that a function or an extension wrote, and where. */
export interface WrittenLine {
  name: string;
  version: VersionRecord;
  instance: string;
  requestId: string;
  line: string;
  source: LineSource;
}

const EVICTION_MS = 10_000;

/** The execution environments of all functions: a pool for each version that is invoked or provisioned. */
export class Environments {
  #options: EnvironmentsOptions;
  #onLine: (line: WrittenLine) => void;
  #pools = new Map<string, Pool<Environment>>();
  /** Versions whose files are made ready for a pool. */
  #making = new Map<string, 'wanted' | 'retired'>();
  #reaper = new Reaper();
  #parked: ParkedProcesses;
  /** Their runtime has ended; extensions may still have time. */
  #leaving = new Set<Environment>();
  #eviction: NodeJS.Timeout;
  #closed = false;

  constructor(options: EnvironmentsOptions, onLine: (line: WrittenLine) => void) {
    this.#options = options;
    this.#onLine = onLine;
    const { parkedProcesses, temporary, sandbox } = options;
    this.#parked = new ParkedProcesses(parkedProcesses, temporary, { reaper: this.#reaper, sandbox });
    this.#parked.prepare(usualNode(sandbox !== undefined));
    this.#eviction = setInterval(() => {
      const now = options.clock.monotonic();
      for (const pool of this.#pools.values()) pool.evictIdle(now);
    }, EVICTION_MS).unref();
  }

  /** One that is ready for an invocation. Throws TooManyRequestsException and StartFailure. */
  async acquire(name: string, version: VersionRecord): Promise<Environment> {
    const pool = await this.#poolOf(name, version);
    // Between being handed over and being used, an environment can die.
    for (;;) {
      if (this.#closed) throw new LambdaError('ServiceException', 'the compute engine is shutting down');
      const environment = await pool.acquire();
      if (environment.ready) return environment;
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
    const pool = this.#pools.get(version.revisionId);
    if (pool) pool.retire();
    else if (this.#making.has(version.revisionId)) this.#making.set(version.revisionId, 'retired');
  }

  /** Kills all execution environments and resolves when their processes are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#eviction);
    await Promise.all([...this.#pools.values()].map((pool) => pool.close()));
    await Promise.all([...this.#leaving].map((environment) => environment.close()));
    await this.#parked.close();
    await this.#reaper.close();
  }

  async #poolOf(name: string, version: VersionRecord): Promise<Pool<Environment>> {
    return this.#pools.get(version.revisionId) ?? (await this.#newPool(name, version));
  }

  async #newPool(name: string, version: VersionRecord): Promise<Pool<Environment>> {
    const { account, clock, busyPoll, concurrencyPerVersion, temporary, sandbox } = this.#options;
    const { taskRoot, layersRoot, retired } = await this.#filesOf(version);
    const known = this.#pools.get(version.revisionId);
    if (known) return known;
    // Extensions share their `/tmp` and see the runtime's process: they would have to be in one sandbox with it.
    const sandboxed = sandbox !== undefined && externalExtensions(layersRoot).length === 0;
    const made: Pool<Environment> = new Pool({
      concurrency: concurrencyPerVersion,
      clock,
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
          busyPoll,
          process: (...how) => this.#parked.start(...how),
          events: {
            idle: (e) => pool.onIdle(e),
            ended: (e, failure) => {
              this.#leaving.add(e);
              void e.close().then(() => this.#leaving.delete(e));
              pool.onEnded(e, failure);
            },
            line: (e, requestId, line, source) =>
              this.#onLine({ name, version, instance: e.instance, requestId, line, source }),
          },
        });
        void environment.start();
        return environment;
      },
    });
    this.#pools.set(version.revisionId, made);
    // Not before the invocation that waits for it has got an environment to wait for.
    if (retired) setImmediate(() => made.retire());
    return made;
  }

  /** Where a version's files are. They may take a while to unpack, in which the version may be replaced. */
  async #filesOf({ revisionId, codeSha256, layers }: VersionRecord) {
    const { packages } = this.#options;
    if (!this.#making.has(revisionId)) this.#making.set(revisionId, 'wanted');
    try {
      const taskRoot = await packages.directoryOf(codeSha256);
      const layersRoot = await packages.mergedDirectoryOf(layers.map((layer) => layer.codeSha256));
      return { taskRoot, layersRoot, retired: this.#making.get(revisionId) === 'retired' };
    } finally {
      this.#making.delete(revisionId);
    }
  }
}

/** The name of a log stream, which names the execution environment: `2026/01/31/[3]0f…`. */
function newInstance(version: VersionRecord, nowMs: number): string {
  const day = new Date(nowMs).toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[${version.version}]${randomBytes(16).toString('hex')}`;
}
