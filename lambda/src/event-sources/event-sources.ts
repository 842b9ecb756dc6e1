import { setTimeout as pause } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { StateEngine } from '../ports.ts';
import type { EventSourceMapping } from './mapping.ts';
import { Poller, type PollerOptions } from './poller.ts';
import { listMappings, type MappingTables } from './store.ts';

export interface EventSourcesOptions extends PollerOptions {
  state: StateEngine;
}

const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 5_000;

/** The event source mappings of this control room: one poller for each that is enabled. */
export class EventSources {
  #options: EventSourcesOptions;
  #pollers = new Map<string, Poller>();
  #stopping = new Set<Promise<void>>();
  /** Changes come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #closing = new AbortController();
  /** What was changed while the mappings were being read. */
  #changed: Set<string> | undefined = new Set();
  #reading: Promise<void>;

  /** Goes on with the mappings that there are, as soon as they can be read. */
  constructor(options: EventSourcesOptions) {
    this.#options = options;
    this.#reading = this.#read();
  }

  /** Runs `change` in a transaction, after those before it. */
  change<Result>(work: (database: Kysely<MappingTables>) => Promise<Result>): Promise<Result> {
    const turn = this.#turn.then(() => this.#options.state.transaction(work));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  run<Result>(work: (database: Kysely<MappingTables>) => Promise<Result>): Promise<Result> {
    return this.#options.state.run(work);
  }

  now(): number {
    return this.#options.clock.now();
  }

  /** From now on the mapping is as given. */
  apply(mapping: EventSourceMapping): void {
    this.remove(mapping.id);
    if (mapping.enabled && !this.#closing.signal.aborted)
      this.#pollers.set(mapping.id, new Poller(mapping, this.#options));
  }

  /** From now on there is no such mapping. */
  remove(id: string): void {
    this.#changed?.add(id);
    const stopping = this.#pollers.get(id)?.stop();
    this.#pollers.delete(id);
    if (!stopping) return;
    this.#stopping.add(stopping);
    void stopping.finally(() => this.#stopping.delete(stopping));
  }

  /** Takes nothing any more. Resolves when all that was begun has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
    for (const id of [...this.#pollers.keys()]) this.remove(id);
    await Promise.all([this.#turn, ...this.#stopping]);
  }

  async #read(): Promise<void> {
    const mappings = await this.#mappings();
    const changed = this.#changed;
    this.#changed = undefined;
    for (const mapping of mappings) if (!changed?.has(mapping.id)) this.apply(mapping);
  }

  /** Retries until the state engine responds; without mappings when closed before. */
  async #mappings(): Promise<EventSourceMapping[]> {
    const { state, log } = this.#options;
    const { signal } = this.#closing;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      try {
        return await state.run<MappingTables, EventSourceMapping[]>(listMappings);
      } catch (error) {
        if (pauseMs === FIRST_PAUSE_MS)
          log.warn({ error: String(error) }, 'event source mappings cannot be read yet');
        const jitter = 1 - Math.random() / 4;
        await pause(pauseMs * jitter, undefined, { signal }).catch(() => undefined);
      }
    }
    return [];
  }
}
