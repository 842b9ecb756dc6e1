/** Queues themselves: their settings, their counts, their end. */
import type { Kysely } from 'kysely';
import type { QueueTables } from './tables.ts';

export interface QueueSettings {
  delaySeconds: number;
  largestMessageBytes: number;
  retentionSeconds: number;
  waitSeconds: number;
  visibilitySeconds: number;
  redrive: Redrive | undefined;
}

/** A message that was received `mostReceives` times goes to the dead-letter queue instead of being received again. */
export interface Redrive {
  deadLetterQueue: string;
  mostReceives: number;
}

export interface Queue extends QueueSettings {
  name: string;
  tags: Record<string, string>;
  createdAt: Date;
  modifiedAt: Date;
}

/** Messages by what they wait for. */
export interface MessageCounts {
  visible: number;
  inFlight: number;
  delayed: number;
}

/** Creates a queue; returns false when there is one of that name. */
export async function createQueue(
  database: Kysely<QueueTables>,
  name: string,
  settings: QueueSettings,
  tags: Record<string, string>,
  nowMs: number,
): Promise<boolean> {
  const at = new Date(nowMs);
  const made = await database
    .insertInto('queues')
    .values({
      name,
      ...columnsOf(settings),
      tags: JSON.stringify(tags),
      created_at: at,
      modified_at: at,
      purged_at: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function findQueue(database: Kysely<QueueTables>, name: string): Promise<Queue | undefined> {
  const row = await database.selectFrom('queues').selectAll().where('name', '=', name).executeTakeFirst();
  return row && fromRow(row);
}

/** The same for a transaction that changes it: others wait until that ends. */
export async function lockQueue(database: Kysely<QueueTables>, name: string): Promise<Queue | undefined> {
  const row = await database
    .selectFrom('queues')
    .selectAll()
    .where('name', '=', name)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Names that begin with `prefix` and come after `after`, in their order, at most `most`. */
export async function queueNames(
  database: Kysely<QueueTables>,
  { prefix, after, most }: { prefix: string; after: string; most: number },
): Promise<string[]> {
  const rows = await database
    .selectFrom('queues')
    .select('name')
    .where((column) => column.fn('starts_with', ['name', column.val(prefix)]), '=', true)
    .where('name', '>', after)
    .orderBy('name')
    .limit(most)
    .execute();
  return rows.map(({ name }) => name);
}

/** The queues whose dead-letter queue is `name`, as {@link queueNames}. */
export async function deadLetterSources(
  database: Kysely<QueueTables>,
  name: string,
  { after, most }: { after: string; most: number },
): Promise<string[]> {
  const rows = await database
    .selectFrom('queues')
    .select('name')
    .where('dead_letter_queue', '=', name)
    .where('name', '>', after)
    .orderBy('name')
    .limit(most)
    .execute();
  return rows.map((row) => row.name);
}

export async function countQueues(database: Kysely<QueueTables>): Promise<number> {
  const { count } = await database
    .selectFrom('queues')
    .select((column) => column.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

export async function saveSettings(
  database: Kysely<QueueTables>,
  name: string,
  settings: QueueSettings,
  nowMs: number,
): Promise<void> {
  await database
    .updateTable('queues')
    .set({ ...columnsOf(settings), modified_at: new Date(nowMs) })
    .where('name', '=', name)
    .execute();
}

export async function saveTags(
  database: Kysely<QueueTables>,
  name: string,
  tags: Record<string, string>,
): Promise<void> {
  await database
    .updateTable('queues')
    .set({ tags: JSON.stringify(tags) })
    .where('name', '=', name)
    .execute();
}

/** Deletes a queue with its messages; returns false when there is none. */
export async function deleteQueue(database: Kysely<QueueTables>, name: string): Promise<boolean> {
  const deleted = await database.deleteFrom('queues').where('name', '=', name).executeTakeFirst();
  return deleted.numDeletedRows > 0n;
}

/**
 * Deletes all messages of a queue. Returns false, and deletes nothing, when that was done less than `restSeconds` ago.
 * To be run in a transaction.
 */
export async function purgeQueue(
  database: Kysely<QueueTables>,
  name: string,
  restSeconds: number,
  nowMs: number,
): Promise<boolean> {
  const since = new Date(nowMs - restSeconds * 1_000);
  const begun = await database
    .updateTable('queues')
    .set({ purged_at: new Date(nowMs) })
    .where('name', '=', name)
    .where((column) => column.or([column('purged_at', 'is', null), column('purged_at', '<=', since)]))
    .executeTakeFirst();
  if (begun.numUpdatedRows === 0n) return false;
  await database.deleteFrom('queue_messages').where('queue', '=', name).execute();
  return true;
}

/** How many messages a queue holds that it still keeps. */
export async function countMessages(
  database: Kysely<QueueTables>,
  { name, retentionSeconds }: Pick<Queue, 'name' | 'retentionSeconds'>,
  nowMs: number,
): Promise<MessageCounts> {
  const now = new Date(nowMs);
  return await database
    .selectFrom('queue_messages')
    .select((column) => {
      const { countAll } = column.fn;
      const hidden = column('visible_at', '>', now);
      return [
        countAll<number>().filterWhere('visible_at', '<=', now).as('visible'),
        countAll<number>().filterWhere(hidden).filterWhere('receive_count', '>', 0).as('inFlight'),
        countAll<number>().filterWhere(hidden).filterWhere('receive_count', '=', 0).as('delayed'),
      ];
    })
    .where('queue', '=', name)
    .where('sent_at', '>', new Date(nowMs - retentionSeconds * 1_000))
    .executeTakeFirstOrThrow();
}

function columnsOf(settings: QueueSettings) {
  return {
    delay_seconds: settings.delaySeconds,
    largest_message_bytes: settings.largestMessageBytes,
    retention_seconds: settings.retentionSeconds,
    wait_seconds: settings.waitSeconds,
    visibility_seconds: settings.visibilitySeconds,
    dead_letter_queue: settings.redrive?.deadLetterQueue ?? null,
    most_receives: settings.redrive?.mostReceives ?? null,
  };
}

type QueueRow = Omit<QueueTables['queues'], 'tags'> & { tags: Record<string, string> };

function fromRow(row: QueueRow): Queue {
  const { dead_letter_queue: deadLetterQueue, most_receives: mostReceives } = row;
  return {
    name: row.name,
    delaySeconds: row.delay_seconds,
    largestMessageBytes: row.largest_message_bytes,
    retentionSeconds: row.retention_seconds,
    waitSeconds: row.wait_seconds,
    visibilitySeconds: row.visibility_seconds,
    redrive:
      deadLetterQueue !== null && mostReceives !== null ? { deadLetterQueue, mostReceives } : undefined,
    tags: row.tags,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}
