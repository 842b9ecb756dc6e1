import { randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import { type NewMessage, sendMessage } from '../../sqs/messages/message-store.ts';
import { findQueue } from '../../sqs/queue-store.ts';
import type { QueueTables } from '../../sqs/tables.ts';
import { type Destination, destinationOf } from '../catalog/functions/destinations.ts';
import type { CatalogContext } from '../catalog/functions.ts';
import { type FunctionReference, functionArn } from '../catalog/names.ts';
import { LATEST } from '../catalog/records.ts';
import { LambdaError } from '../errors.ts';
import { isLoop } from '../invocations/lineage.ts';
import { MAX_EVENT_BYTES } from '../limits.ts';
import type { Log } from '../ports.ts';
import { deadLetter } from './dead-letter.ts';
import { type Ended, traceAfter } from './ended.ts';
import { invocationRecord } from './invocation-record.ts';
import { addEvent, type EventTables } from './store.ts';

export interface DeliveryContext {
  catalog: Pick<CatalogContext, 'account' | 'clock' | 'store'>;
  log: Log;
}

const GONE = 'there is no such queue';

type Database = Kysely<EventTables & QueueTables>;

/**
 * Writes what follows from the end of an event, inside the caller's transaction: its invocation record to the
 * destination, and the event itself to the dead-letter queue. What cannot be delivered is logged, as AWS counts it.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export async function deliver(context: DeliveryContext, database: Database, ended: Ended): Promise<void> {
  const { account, clock } = context.catalog;
  const { requestId, functionName, qualifier = LATEST } = ended.event;
  const send = async (target: string, message: NewMessage) => {
    const fault = await deliverTo(context, database, target, message, ended);
    if (fault === undefined) return;
    context.log.warn({ requestId, functionName, target, fault }, 'the end of an event was not delivered');
  };
  if (ended.destinationArn !== '') {
    const body = invocationRecord(ended, functionArn(account, functionName, qualifier), clock.now());
    await send(ended.destinationArn, { body, attributes: {}, traceHeader: traceAfter(ended.event) });
  }
  if (ended.deadLetterArn !== '') await send(ended.deadLetterArn, deadLetter(ended));
}

/** Returns why it was not delivered. */
async function deliverTo(
  context: DeliveryContext,
  database: Database,
  arn: string,
  message: NewMessage,
  ended: Ended,
): Promise<string | undefined> {
  const bytes = Buffer.byteLength(message.body);
  if (bytes > MAX_EVENT_BYTES) return `${bytes} bytes are more than ${MAX_EVENT_BYTES}`;
  const target = readable(context, arn);
  if (!target) return 'it is not of this account and region';
  if (target.kind === 'function') return await invoke(context, database, target.function, message, ended);
  const queue = await findQueue(database, target.queue);
  if (!queue) return GONE;
  if (bytes > queue.largestMessageBytes) return `${bytes} bytes are more than ${queue.largestMessageBytes}`;
  const sent = await sendMessage(database, target.queue, message, context.catalog.clock.now());
  return sent === undefined ? GONE : undefined;
}

/** Undefined where the data were written in another account or region. */
function readable({ catalog }: DeliveryContext, arn: string): Destination | undefined {
  try {
    return destinationOf(catalog.account, arn, 'target');
  } catch (error) {
    if (error instanceof LambdaError) return undefined;
    throw error;
  }
}

/**
 * The record becomes an event of another function in the same chain. A chain ends because each event adds to the
 * invocations of its function, and nobody whose invocations are used up gets what a stopped event leaves.
 */
async function invoke(
  { catalog }: DeliveryContext,
  database: Kysely<EventTables>,
  { name, qualifier }: FunctionReference,
  message: NewMessage,
  { condition, event }: Ended,
): Promise<string | undefined> {
  const record = catalog.store.get(name);
  if (!record) return 'there is no such function';
  const traceId = traceAfter(event);
  if (condition === 'RecursiveInvocation' && isLoop(record, traceId))
    return 'it is part of the recursive loop';
  await addEvent(database, {
    requestId: randomUUID(),
    functionName: name,
    qualifier,
    payload: Buffer.from(message.body),
    traceId,
    clientContext: undefined,
    acceptedMs: catalog.clock.now(),
    attempts: 0,
    refusals: 0,
  });
  return undefined;
}
