import { randomUUID } from 'node:crypto';
import { type Generated, type Kysely, sql } from 'kysely';
import type { QueueTables } from '../../sqs/tables.ts';
import type { StateEngine } from '../ports.ts';
import type { EventInvocation } from './event.ts';

/** The part of the database that events own. */
export interface EventTables {
  event_invocations: {
    request_id: string;
    sequence: Generated<number>;
    function_name: string;
    qualifier: string | null;
    payload: Uint8Array;
    trace_id: string;
    client_context: string | null;
    accepted_at: Date;
    due_at: Date;
    attempts: number;
    refusals: number;
    claim: string | null;
  };
}

type Row = Omit<EventTables['event_invocations'], 'sequence'>;

/** Adds an event that is due at once, inside the caller's transaction. */
export async function addEvent(database: Kysely<EventTables>, event: EventInvocation): Promise<void> {
  const acceptedAt = new Date(event.acceptedMs);
  await database
    .insertInto('event_invocations')
    .values({
      request_id: event.requestId,
      function_name: event.functionName,
      qualifier: event.qualifier ?? null,
      payload: event.payload,
      trace_id: event.traceId,
      client_context: event.clientContext ?? null,
      accepted_at: acceptedAt,
      due_at: acceptedAt,
      attempts: event.attempts,
      refusals: event.refusals,
    })
    .execute();
}

/** How many events a claim may take. */
export interface Room {
  /** Of all functions. */
  all: number;
  /** Of each function that `functions` does not name. */
  each: number;
  functions: Record<string, number>;
  /** Request ids of those that run already. */
  held: readonly string[];
}

/**
 * The events of one runtime. It claims those that it runs, and only who has the claim settles an event. The next life of a
 * runtime claims what a killed one ran, and runs it again. One runtime at a time may use a database.
 */
export class EventInvocationStore {
  #state: StateEngine;
  #life = randomUUID();

  constructor(state: StateEngine) {
    this.#state = state;
  }

  /** When it resolves, the event survives whatever dies. */
  async add(event: EventInvocation): Promise<void> {
    await this.#state.run<EventTables, void>((database) => addEvent(database, event));
  }

  /**
   * Claims events that are due and not held, those due longest first, and of each function no more than there is room for.
   * A claim whose answer was lost with the connection is not held, so it is made again.
   */
  async claim(nowMs: number, room: Room): Promise<EventInvocation[]> {
    const now = new Date(nowMs);
    // The names are found by skipping from one to the next in the index, whatever lies between them.
    const claiming = sql<Row>`
      with recursive names (name) as (
        select min(function_name) from event_invocations
        union all
        select (select min(function_name) from event_invocations where function_name > names.name)
        from names where names.name is not null
      ), due as (
        select waiting.request_id from names cross join lateral (
          select request_id, due_at, sequence from event_invocations
          where function_name = names.name and due_at <= ${now} and request_id <> all(${room.held}::text[])
          order by due_at, sequence
          limit coalesce((${JSON.stringify(room.functions)}::jsonb ->> names.name)::int, ${room.each}::int)
          for update skip locked
        ) as waiting
        order by waiting.due_at, waiting.sequence
        limit ${room.all}
      )
      update event_invocations as event set claim = ${this.#life}
      from due where event.request_id = due.request_id
      returning event.*`;
    const { rows } = await this.#state.run((database) => claiming.execute(database));
    return rows.map(fromRow);
  }

  /** When the next event becomes due that is not due yet, epoch milliseconds. */
  async nextDueMs(nowMs: number): Promise<number | undefined> {
    const row = await this.#state.run<EventTables, { due: Date | null }>((database) =>
      database
        .selectFrom('event_invocations')
        .select(({ fn }) => fn.min<Date | null>('due_at').as('due'))
        .where('due_at', '>', new Date(nowMs))
        .executeTakeFirstOrThrow(),
    );
    return row.due?.getTime();
  }

  /** Lets the event wait for its next attempt; `due` is epoch milliseconds. */
  async postpone(event: EventInvocation, dueMs: number): Promise<void> {
    const { attempts, refusals } = event;
    await this.#change(event, { due_at: new Date(dueMs), attempts, refusals, claim: null });
  }

  /** Gives a claimed event back as it was. */
  async giveBack(event: EventInvocation): Promise<void> {
    await this.#change(event, { claim: null });
  }

  /** Removes the event together with what `write` writes, unless another life of the runtime has claimed it. */
  async end(
    event: EventInvocation,
    write: (database: Kysely<EventTables & QueueTables>) => Promise<void>,
  ): Promise<void> {
    await this.#state.transaction<EventTables & QueueTables, void>(async (database) => {
      const { numDeletedRows } = await database
        .deleteFrom('event_invocations')
        .where('request_id', '=', event.requestId)
        .where('claim', '=', this.#life)
        .executeTakeFirstOrThrow();
      if (numDeletedRows > 0) await write(database);
    });
  }

  async #change(event: EventInvocation, values: Partial<Row>): Promise<void> {
    await this.#state.run<EventTables, void>(async (database) => {
      await database
        .updateTable('event_invocations')
        .set(values)
        .where('request_id', '=', event.requestId)
        .where('claim', '=', this.#life)
        .execute();
    });
  }
}

function fromRow(row: Row): EventInvocation {
  return {
    requestId: row.request_id,
    functionName: row.function_name,
    qualifier: row.qualifier ?? undefined,
    payload: row.payload,
    traceId: row.trace_id,
    clientContext: row.client_context ?? undefined,
    acceptedMs: row.accepted_at.getTime(),
    attempts: row.attempts,
    refusals: row.refusals,
  };
}
