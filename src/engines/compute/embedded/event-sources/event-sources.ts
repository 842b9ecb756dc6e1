import type { Kysely } from 'kysely';
import type { StateEngine } from '../../../state/engine.ts';
import type { EventSourceMapping } from './mapping.ts';
import { Poller, type PollerOptions } from './poller.ts';
import { listMappings, type MappingTables } from './store.ts';

export interface EventSourcesOptions extends PollerOptions {
  state: StateEngine;
}

/** The event source mappings of this control room: one poller for each that is enabled. */
export class EventSources {
  #options: EventSourcesOptions;
  #pollers = new Map<string, Poller>();
  #stopping = new Set<Promise<void>>();
  /** Changes come one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  private constructor(options: EventSourcesOptions) {
    this.#options = options;
  }

  /** Goes on with the mappings that there are. */
  static async open(options: EventSourcesOptions): Promise<EventSources> {
    const sources = new EventSources(options);
    const mappings = await options.state.run<MappingTables, EventSourceMapping[]>(listMappings);
    for (const mapping of mappings) sources.apply(mapping);
    return sources;
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
    if (mapping.enabled && !this.#closed) this.#pollers.set(mapping.id, new Poller(mapping, this.#options));
  }

  /** From now on there is no such mapping. */
  remove(id: string): void {
    const stopping = this.#pollers.get(id)?.stop();
    this.#pollers.delete(id);
    if (!stopping) return;
    this.#stopping.add(stopping);
    void stopping.finally(() => this.#stopping.delete(stopping));
  }

  /** Takes nothing any more. Resolves when all that was begun has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of [...this.#pollers.keys()]) this.remove(id);
    await Promise.all([this.#turn, ...this.#stopping]);
  }
}
