/**
 * Product events out of messages of the Segment specification (https://segment.com/docs/connections/spec/), whichever
 * way they came: over HTTP or on a function's telemetry line.
 */
import type { Environment } from '../../../sdk/src/core/environment.ts';
import { environmentOf, type Receipt } from '../environment.ts';
import { identityRow } from '../identities/row.ts';
import type { SignalRecord } from '../tables.ts';
import { type ProductEvent, productEventRow } from './row.ts';

export interface MessageReceipt extends Receipt {
  /** Gives a message without an id one. */
  newMessageId: () => string;
}

/** The rows of one message, or why it is refused. */
export type DecodedMessage = { records: SignalRecord[] } | { reason: string };

type Fields = Record<string, unknown>;

const TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'];
const MAX_MESSAGE_BYTES = 32 * 1024;
const MAX_ID = 512;
const MAX_NAME = 256;
const DAY_MS = 86_400_000;
/** Later than this an event is refused: the days it belongs to are closed. */
const MAX_AGE_MS = 30 * DAY_MS;
/** A time further ahead is a wrong clock: the time of receipt stands in. */
const MAX_AHEAD_MS = 3_600_000;

/**
 * Checks one message: its type, its ids (`userId` or `anonymousId`), the event's name, its size (32 KB) and its time
 * (not more than 30 days late; more than an hour ahead becomes the time of receipt), and its environment
 * (`context.upstack.environment`).
 */
export function decodeMessage(message: unknown, receipt: MessageReceipt): DecodedMessage {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    return { reason: 'a message must be an object' };
  }
  const fields = message as Fields;
  const fault = faultOf(fields);
  if (fault !== undefined) return { reason: fault };
  const ts = timeOf(fields, receipt.receivedMs);
  if (typeof ts === 'string') return { reason: ts };
  const resolved = environmentOf(textOf(upstackOf(fields).environment), receipt.origin);
  if ('reason' in resolved) return resolved;
  const event = eventOf(fields, ts, resolved.environment, receipt);
  const records: SignalRecord[] = [{ table: 'product_events', row: productEventRow(event) }];
  const link = identityRow(event);
  if (link) records.push({ table: 'identities', row: link });
  return { records };
}

function eventOf(
  fields: Fields,
  atMs: number,
  environment: Environment,
  { receivedMs, newMessageId }: MessageReceipt,
): ProductEvent {
  const { user, anonymous } = idsOf(fields);
  const upstack = upstackOf(fields);
  const hasTraits = fields.type === 'identify' || fields.type === 'group';
  return {
    environment,
    name: nameOf(fields),
    type: String(fields.type),
    atMs,
    receivedMs,
    userId: user,
    anonymousId: anonymous,
    unit: textOf(upstack.unit) || anonymous || user,
    messageId: textOf(fields.messageId) || newMessageId(),
    properties: fieldsOf(hasTraits ? fields.traits : fields.properties),
    traceId: textOf(fieldsOf(fields.context).traceId),
    demo: upstack.demo === true,
  };
}

interface Ids {
  user: string;
  /** The anonymous visitor, or for an alias the id that the user had before. */
  anonymous: string;
}

function idsOf(fields: Fields): Ids {
  const former = fields.type === 'alias' ? fields.previousId : fields.anonymousId;
  return { user: textOf(fields.userId), anonymous: textOf(former) };
}

function faultOf(fields: Fields): string | undefined {
  const { type } = fields;
  if (typeof type !== 'string' || !TYPES.includes(type)) return `type must be one of ${TYPES.join(', ')}`;
  for (const name of ['userId', 'anonymousId', 'previousId', 'messageId']) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string') return `${name} must be a text`;
    if (value.length > MAX_ID) return `${name} is longer than ${MAX_ID} characters`;
  }
  const { environment } = upstackOf(fields);
  if (environment !== undefined && environment !== null && typeof environment !== 'string')
    return 'context.upstack.environment must be a string';
  const { user, anonymous } = idsOf(fields);
  if (type === 'alias' && (user === '' || anonymous === '')) return 'an alias needs userId and previousId';
  if (user === '' && anonymous === '') return 'userId or anonymousId is missing';
  if (type === 'track' && textOf(fields.event).trim() === '')
    return 'event, the name of what happened, is missing';
  if (nameOf(fields).length > MAX_NAME) return `the event's name is longer than ${MAX_NAME} characters`;
  const size = byteLength(JSON.stringify(fields));
  return size > MAX_MESSAGE_BYTES
    ? `the message has ${size} bytes, more than ${MAX_MESSAGE_BYTES}`
    : undefined;
}

/** When it happened, epoch milliseconds; or why that cannot be. */
function timeOf({ timestamp, originalTimestamp }: Fields, receivedMs: number): number | string {
  const given = timestamp ?? originalTimestamp;
  if (given === undefined || given === null) return receivedMs;
  const ms = typeof given === 'string' ? Date.parse(given) : Number.NaN;
  if (Number.isNaN(ms)) return `timestamp must be an ISO 8601 time, not ${JSON.stringify(given)}`;
  if (ms < receivedMs - MAX_AGE_MS) return `timestamp ${JSON.stringify(given)} is more than 30 days ago`;
  return ms > receivedMs + MAX_AHEAD_MS ? receivedMs : ms;
}

/** What our own SDK and the demo say beside Segment's fields. */
const upstackOf = (fields: Fields): Fields => fieldsOf(fieldsOf(fields.context).upstack);

/** A track's event, a page's or screen's name; the others are named by their type. */
function nameOf({ type, event, name }: Fields): string {
  if (type === 'track') return textOf(event).trim();
  const shown = type === 'page' || type === 'screen' ? textOf(name).trim() : '';
  return shown === '' ? String(type) : shown;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.toWellFormed() : '');
const byteLength = (text: string): number => new TextEncoder().encode(text).length;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}
