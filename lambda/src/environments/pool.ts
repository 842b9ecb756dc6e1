import { LambdaError } from '../errors.ts';
import { tooManyRequests } from '../invocations/concurrency.ts';
import { MAX_IDLE_MS, MAX_QUEUE, MAX_QUEUE_MS, MAX_SURPLUS_IDLE_MS } from '../limits.ts';
import type { Clock } from '../ports.ts';
import type { Initialization } from '../processes/launch.ts';
import type { Failure } from './failures.ts';
import { MAX_STARTING, Provision, type Provisioned } from './provision.ts';

/** No execution environment came up: the invocation fails with what the function's start failed with. */
export class StartFailure extends Error {
  readonly failure: Failure;
  readonly instance: string;

  constructor(failure: Failure, instance: string) {
    super('the execution environment did not start');
    this.name = 'StartFailure';
    this.failure = failure;
    this.instance = instance;
  }
}

/** What the pool needs of an execution environment. */
export interface PoolMember {
  readonly instance: string;
  /** It can be given an invocation now. */
  readonly ready: boolean;
  /** Monotonic time since which it has had nothing to do. */
  readonly idleSince: number;
  /** Ends it; `onEnded` follows. */
  shutDown(): void;
  close(): Promise<void>;
}

export interface PoolOptions<Member extends PoolMember> {
  /** Most execution environments at a time. */
  concurrency: number;
  clock: Pick<Clock, 'monotonic'>;
  /** Makes and starts an environment that reports to this pool. */
  start(pool: Pool<Member>, initialization: Initialization): Member;
  /** Called when a retired pool has no environment any more. */
  drained(): void;
}

/**
 * So long invocations wait for busy environments, all of them together, before another one is started: about what starting
 * takes, so that little waiting costs no environment, and much of it no more than twice what starting at once would have.
 * Source: ski rental, Karlin et al., "Competitive snoopy caching" (1988), https://doi.org/10.1007/BF01762111
 */
const PATIENCE_MS = 10;
/** So long an invocation may wait on average: one more process would take its time from the others. */
const NEGLIGIBLE_MS = 0.25;

interface Waiter<Member> {
  since: number;
  resolve(environment: Member): void;
  reject(error: unknown): void;
  timer: NodeJS.Timeout;
}

/**
 * The execution environments of one function version. An invocation takes an idle one, the most recently used
 * first and the provisioned ones before others, or waits while another is started; whichever is free first takes the
 * oldest that waits.
 */
export class Pool<Member extends PoolMember> {
  #options: PoolOptions<Member>;
  #all = new Set<Member>();
  /** Of those, the ones that start for an invocation. */
  #starting = new Set<Member>();
  #provision: Provision<Member>;
  #idle: Member[] = [];
  #waiters: Waiter<Member>[] = [];
  /** Milliseconds that invocations have waited for busy environments, beyond what each may, since others were started. */
  #waitedMs = 0;
  #retired = false;
  #growth: NodeJS.Timeout | undefined;

  constructor(options: PoolOptions<Member>) {
    this.#options = options;
    this.#provision = new Provision(() => this.#start('provisioned-concurrency'));
  }

  get size(): number {
    return this.#all.size;
  }

  /** Throws TooManyRequestsException when none became free in time, and StartFailure. */
  async acquire(): Promise<Member> {
    for (let environment = this.#takeIdle(); environment; environment = this.#takeIdle()) {
      if (environment.ready) {
        this.#noteWait(0);
        return environment;
      }
    }
    if (this.#waiters.length >= MAX_QUEUE) throw tooManyRequests('ConcurrentInvocationLimitExceeded');
    return await new Promise((resolve, reject) => {
      const timer = this.#alarm(() => this.#giveUp(waiter));
      const waiter: Waiter<Member> = { since: this.#now(), resolve, reject, timer };
      this.#waiters.push(waiter);
      this.#grow();
    });
  }

  /** An environment of this pool waits for work. */
  onIdle(environment: Member): void {
    const isNew = this.#starting.delete(environment);
    this.#provision.onIdle(environment);
    const waiter = this.#waiters.shift();
    if (waiter) {
      clearTimeout(waiter.timer);
      if (!isNew && this.#starting.size === 0) this.#noteWait(this.#now() - waiter.since);
      this.#provision.onTaken(environment);
      waiter.resolve(environment);
      this.#grow();
    } else if (this.#retired) {
      environment.shutDown();
    } else if (this.#provision.has(environment) && this.#provision.surplus > 0) {
      this.#discard(environment);
    } else if (!this.#idle.includes(environment)) {
      this.#idle.push(environment);
    }
  }

  /** An environment of this pool has ended. */
  onEnded(environment: Member, failure: Failure | undefined): void {
    this.#all.delete(environment);
    this.#idle = this.#idle.filter((other) => other !== environment);
    this.#provision.onEnded(environment);
    const failedToStart = this.#starting.delete(environment);
    const waiter = failedToStart && failure ? this.#waiters.shift() : undefined;
    if (waiter && failure) {
      clearTimeout(waiter.timer);
      waiter.reject(new StartFailure(failure, environment.instance));
    }
    this.#grow();
    if (this.#retired && this.#all.size === 0) this.#options.drained();
  }

  /** Keeps so many environments initialised from now on; those that are too many end when they have nothing to do. */
  provision(count: number): void {
    if (this.#retired) return;
    this.#provision.want(count);
    const idle = this.#idle.filter((environment) => this.#provision.has(environment));
    const surplus = Math.max(this.#provision.surplus, 0);
    for (const environment of idle.slice(0, surplus)) this.#discard(environment);
  }

  get provisioned(): Provisioned {
    return this.#provision.state;
  }

  /**
   * Ends the environments that have had nothing to do for 30 s; the last one of the version after 5 minutes, provisioned
   * ones never.
   */
  evictIdle(now: number): void {
    let left = this.#all.size;
    // The longest idle come first: the most recently used one is always taken again.
    for (const environment of [...this.#idle]) {
      if (this.#provision.has(environment)) continue;
      const allowed = left > 1 ? MAX_SURPLUS_IDLE_MS : MAX_IDLE_MS;
      if (now - environment.idleSince <= allowed) continue;
      left--;
      environment.shutDown();
    }
  }

  /** Lets what runs finish, then ends everything: the version's code or settings were replaced. */
  retire(): void {
    this.#retired = true;
    this.#provision.want(0);
    for (const environment of this.#idle.splice(0)) environment.shutDown();
    if (this.#all.size === 0) this.#options.drained();
  }

  /** Kills everything and resolves when all processes are gone. */
  async close(): Promise<void> {
    this.#retired = true;
    this.#provision.want(0);
    clearTimeout(this.#growth);
    for (const waiter of this.#waiters.splice(0)) {
      clearTimeout(waiter.timer);
      waiter.reject(new LambdaError('ServiceException', 'the compute engine is shutting down'));
    }
    await Promise.all([...this.#all].map((environment) => environment.close()));
  }

  /** Starts environments for those that wait; while others are there, only once there was much waiting. */
  #grow(): void {
    const [oldest] = this.#waiters;
    if (!oldest || !this.#mayStart()) return;
    const waitedMs = this.#waitedMs + this.#now() - oldest.since;
    const restMs = this.#all.size === 0 ? 0 : PATIENCE_MS - waitedMs;
    if (restMs > 0) {
      this.#growth ??= setTimeout(() => {
        this.#growth = undefined;
        this.#grow();
      }, restMs);
      return;
    }
    this.#waitedMs = 0;
    while (this.#mayStart()) this.#starting.add(this.#start('on-demand'));
  }

  #now(): number {
    return this.#options.clock.monotonic();
  }

  #noteWait(ms: number): void {
    this.#waitedMs = Math.max(0, this.#waitedMs + ms - NEGLIGIBLE_MS);
  }

  #start(initialization: Initialization): Member {
    const environment = this.#options.start(this, initialization);
    this.#all.add(environment);
    return environment;
  }

  #takeIdle(): Member | undefined {
    if (this.#provision.size === 0) return this.#idle.pop();
    const place = this.#idle.findLastIndex((environment) => this.#provision.has(environment));
    const [environment] = this.#idle.splice(place, 1);
    if (environment) this.#provision.onTaken(environment);
    return environment;
  }

  #discard(environment: Member): void {
    this.#provision.discard(environment);
    environment.shutDown();
  }

  #mayStart(): boolean {
    const needed = Math.min(this.#waiters.length, MAX_STARTING);
    return this.#starting.size < needed && this.#all.size < this.#options.concurrency;
  }

  /** Time is up, except for those for whom an environment is or can be started: that has a limit of its own. */
  #giveUp(waiter: Waiter<Member>): void {
    const position = this.#waiters.indexOf(waiter);
    if (position < 0) return;
    if (position < this.#starting.size + this.#options.concurrency - this.#all.size) {
      waiter.timer = this.#alarm(() => this.#giveUp(waiter));
      return;
    }
    this.#waiters.splice(position, 1);
    waiter.reject(tooManyRequests('ConcurrentInvocationLimitExceeded'));
  }

  #alarm(ring: () => void): NodeJS.Timeout {
    return setTimeout(ring, MAX_QUEUE_MS);
  }
}
