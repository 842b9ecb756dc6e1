/**
 * The messages of queues. Every function takes part in its caller's transaction, or is one statement by itself; the time
 * is handed in.
 */
import { randomUUID } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { MessageAttributes, QueueTables } from '../tables.ts';

export interface NewMessage {
  body: string;
  attributes: MessageAttributes;
  /** Instead of the queue's own delay. */
  delaySeconds?: number | undefined;
  /** The X-Ray trace header that travels with the message. */
  traceHeader?: string | undefined;
}

export interface ReceivedMessage {
  messageId: string;
  /** Names this receive of the message. */
  receipt: string;
  body: string;
  attributes: MessageAttributes;
  traceHeader: string | null;
  sentAt: Date;
  firstReceivedAt: Date;
  /** Until then nobody else receives it. */
  hiddenUntil: Date;
  /** This receive included. */
  receiveCount: number;
  deadLetterSource: string | null;
}

export interface ReceiveInput {
  /** At most this many messages. */
  most: number;
  /** Seconds for which nobody else receives them; the queue's own when undefined. */
  visibilitySeconds?: number | undefined;
  /** At least so long, whatever the queue says. */
  leastVisibilitySeconds?: number;
}

export interface Taken {
  messages: ReceivedMessage[];
  /** The dead-letter queue that got what was received too often; undefined when nothing was. */
  movedTo: string | undefined;
}

/** What names one receive of one message. */
export interface Receipt {
  messageId: string;
  receipt: string;
}

/** Puts a message into the queue `name`; returns its id, or undefined when there is no such queue. */
export async function sendMessage(
  database: Kysely<QueueTables>,
  name: string,
  message: NewMessage,
  nowMs: number,
): Promise<string | undefined> {
  const messageId = randomUUID();
  const { rows } = await sql`
    insert into queue_messages (message_id, queue, body, attributes, trace_header, sent_at, visible_at)
    select ${messageId}, name, ${message.body}, ${JSON.stringify(message.attributes)}::jsonb, ${message.traceHeader ?? null},
      ${new Date(nowMs)}::timestamptz,
      ${new Date(nowMs)}::timestamptz + make_interval(secs => coalesce(${message.delaySeconds ?? null}, delay_seconds))
    from queues where name = ${name} for key share
    returning message_id`.execute(database);
  return rows.length > 0 ? messageId : undefined;
}

interface TakenRow {
  message_id: string;
  queue: string;
  receipt: string;
  body: string;
  attributes: MessageAttributes;
  trace_header: string | null;
  sent_at: Date;
  first_received_at: Date;
  visible_at: Date;
  receive_count: number;
  dead_letter_source: string | null;
  position: number;
  moved: boolean;
}

/**
 * Takes messages that are visible, longest visible first. What was received as often as the redrive policy allows goes
 * to the dead-letter queue instead, under its own id, with its age and unreceived.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
export async function receiveMessages(
  database: Kysely<QueueTables>,
  name: string,
  input: ReceiveInput,
  nowMs: number,
): Promise<Taken> {
  const { most } = input;
  const taken: TakenRow[] = [];
  let movedTo: string | undefined;
  let more = true;
  while (more && taken.length < most) {
    const rows = await takeNext(database, name, { ...input, most: most - taken.length }, nowMs);
    taken.push(...rows.filter(({ moved }) => !moved));
    // What was moved made room for others.
    more = rows.some(({ moved }) => moved);
    movedTo ??= rows.find(({ moved }) => moved)?.queue;
  }
  return { messages: taken.sort((a, b) => a.position - b.position).map(received), movedTo };
}

async function takeNext(
  database: Kysely<QueueTables>,
  name: string,
  { most, visibilitySeconds, leastVisibilitySeconds = 0 }: ReceiveInput,
  nowMs: number,
): Promise<TakenRow[]> {
  const now = sql`${new Date(nowMs)}::timestamptz`;
  const { rows } = await sql<TakenRow>`
    with source as (select * from queues where name = ${name}),
    next as (
      select m.message_id, dead.name is not null and m.receive_count >= source.most_receives as hopeless,
        source.name as source, dead.name as dead_letter_queue, source.visibility_seconds
      from queue_messages m join source on m.queue = source.name
        left join queues dead on dead.name = source.dead_letter_queue
      where m.visible_at <= ${now} and m.sent_at > ${now} - make_interval(secs => source.retention_seconds)
      order by m.visible_at, m.position limit ${most} for update of m skip locked
    )
    update queue_messages m set
      queue = case when hopeless then next.dead_letter_queue else m.queue end,
      dead_letter_source = case when hopeless then next.source else m.dead_letter_source end,
      visible_at = case when hopeless then ${now}
        else ${now} + make_interval(secs =>
          greatest(coalesce(${visibilitySeconds ?? null}, next.visibility_seconds), ${leastVisibilitySeconds}::int)) end,
      receive_count = case when hopeless then 0 else m.receive_count + 1 end,
      first_received_at = case when hopeless then null else coalesce(m.first_received_at, ${now}) end,
      receipt = case when hopeless then null else gen_random_uuid() end
    from next where m.message_id = next.message_id
    returning m.*, hopeless as moved`.execute(database);
  return rows;
}

function received(row: TakenRow): ReceivedMessage {
  return {
    messageId: row.message_id,
    receipt: row.receipt,
    body: row.body,
    attributes: row.attributes,
    traceHeader: row.trace_header,
    sentAt: row.sent_at,
    firstReceivedAt: row.first_received_at,
    hiddenUntil: row.visible_at,
    receiveCount: row.receive_count,
    deadLetterSource: row.dead_letter_source,
  };
}

/** Deletes messages by their last receipts. An older one deletes nothing: somebody else has the message now. */
export async function deleteMessages(
  database: Kysely<QueueTables>,
  name: string,
  receipts: readonly Receipt[],
): Promise<void> {
  await sql`
    delete from queue_messages m using ${rowsOf(receipts)}
    where m.queue = ${name} and m.message_id = held.message_id and m.receipt = held.receipt`.execute(
    database,
  );
}

/** Undoes a receive that nobody has seen: the messages are visible again, and it does not count. */
export async function returnMessages(
  database: Kysely<QueueTables>,
  name: string,
  receipts: readonly Receipt[],
  nowMs: number,
): Promise<void> {
  await sql`
    update queue_messages m
    set visible_at = ${new Date(nowMs)}::timestamptz, receive_count = m.receive_count - 1, receipt = null
    from ${rowsOf(receipts)}
    where m.queue = ${name} and m.message_id = held.message_id and m.receipt = held.receipt`.execute(
    database,
  );
}

function rowsOf(receipts: readonly Receipt[]) {
  const ids = receipts.map(({ messageId }) => messageId);
  const keys = receipts.map(({ receipt }) => receipt);
  return sql`unnest(${ids}::uuid[], ${keys}::uuid[]) as held (message_id, receipt)`;
}

/**
 * Makes a message that is in flight visible `seconds` from now. Returns false when it is not in flight under this
 * receipt: it was deleted, became visible again, or was received by somebody else since.
 */
export async function changeVisibility(
  database: Kysely<QueueTables>,
  name: string,
  { messageId, receipt }: Receipt,
  seconds: number,
  nowMs: number,
): Promise<boolean> {
  const changed = await database
    .updateTable('queue_messages')
    .set({ visible_at: new Date(nowMs + seconds * 1_000) })
    .where('queue', '=', name)
    .where('message_id', '=', messageId)
    .where('receipt', '=', receipt)
    .where('visible_at', '>', new Date(nowMs))
    .executeTakeFirst();
  return changed.numUpdatedRows > 0n;
}

/** When the next message that is delayed or in flight becomes visible, epoch milliseconds; undefined for none. */
export async function nextVisibleMs(
  database: Kysely<QueueTables>,
  name: string,
  nowMs: number,
): Promise<number | undefined> {
  const row = await database
    .selectFrom('queue_messages')
    .select('visible_at')
    .where('queue', '=', name)
    .where('visible_at', '>', new Date(nowMs))
    .orderBy('visible_at')
    .limit(1)
    .executeTakeFirst();
  return row?.visible_at.getTime();
}

/** Deletes what its queue keeps no longer; returns how many messages that were. */
export async function deleteExpired(database: Kysely<QueueTables>, nowMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from queue_messages m using queues q
    where m.queue = q.name and m.sent_at <= ${new Date(nowMs)}::timestamptz - make_interval(secs => q.retention_seconds)`.execute(
    database,
  );
  return Number(numAffectedRows ?? 0);
}
