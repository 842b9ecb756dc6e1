/**
 * Queue attributes, which are texts in the API.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
 */
import type { Account } from '../src/catalog/names.ts';
import {
  MAX_DELAY_SECONDS,
  MAX_MESSAGE_BYTES,
  MAX_RECEIVES,
  MAX_RETENTION_SECONDS,
  MAX_VISIBILITY_SECONDS,
  MAX_WAIT_SECONDS,
  MIN_MESSAGE_LIMIT_BYTES,
  MIN_RETENTION_SECONDS,
} from '../src/limits.ts';
import { QueueError, unsupported } from './errors.ts';
import { isObject } from './input.ts';
import { queueArn, queueNameIn } from './names.ts';
import type { MessageCounts, Queue, QueueSettings, Redrive } from './queue-store.ts';

/** What a queue has when nothing is said. */
export const DEFAULT_SETTINGS: QueueSettings = {
  delaySeconds: 0,
  largestMessageBytes: MAX_MESSAGE_BYTES,
  retentionSeconds: 345_600,
  waitSeconds: 0,
  visibilitySeconds: 30,
  redrive: undefined,
};

type NumberSetting = Exclude<keyof QueueSettings, 'redrive'>;

/** Attribute -> the setting it is and its range. */
const NUMBERS = new Map<string, [setting: NumberSetting, least: number, most: number]>([
  ['DelaySeconds', ['delaySeconds', 0, MAX_DELAY_SECONDS]],
  ['MaximumMessageSize', ['largestMessageBytes', MIN_MESSAGE_LIMIT_BYTES, MAX_MESSAGE_BYTES]],
  ['MessageRetentionPeriod', ['retentionSeconds', MIN_RETENTION_SECONDS, MAX_RETENTION_SECONDS]],
  ['ReceiveMessageWaitTimeSeconds', ['waitSeconds', 0, MAX_WAIT_SECONDS]],
  ['VisibilityTimeout', ['visibilitySeconds', 0, MAX_VISIBILITY_SECONDS]],
]);

/** What AWS has and nothing here honours yet, with the value that means "without". */
const UNHONOURED: Record<string, string> = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: '',
  FifoQueue: 'false',
  FifoThroughputLimit: '',
  KmsDataKeyReusePeriodSeconds: '',
  KmsMasterKeyId: '',
  Policy: '',
  RedriveAllowPolicy: '',
  SqsManagedSseEnabled: 'false',
};

const COUNTS: Record<string, keyof MessageCounts> = {
  ApproximateNumberOfMessages: 'visible',
  ApproximateNumberOfMessagesDelayed: 'delayed',
  ApproximateNumberOfMessagesNotVisible: 'inFlight',
};

/**
 * The settings that attributes ask for; what they leave out is absent. Throws InvalidAttributeName,
 * InvalidAttributeValue, and UnsupportedOperation for what nothing here honours.
 */
export function settingsFrom(account: Account, attributes: Record<string, string>): Partial<QueueSettings> {
  const settings: Partial<QueueSettings> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const number = NUMBERS.get(name);
    if (number) settings[number[0]] = wholeNumber(name, value, number[1], number[2]);
    else if (name === 'RedrivePolicy') settings.redrive = redriveFrom(account, value);
    else if (!(name in UNHONOURED)) throw unknown(name);
    else if (value !== '' && value !== UNHONOURED[name]) throw unsupported(`The queue attribute ${name}`);
  }
  return settings;
}

/** Attribute -> text, as far as they were asked for; `All` asks for every one. Throws InvalidAttributeName. */
export function attributesOf(
  account: Account,
  queue: Queue,
  counts: MessageCounts,
  asked: readonly string[],
): Record<string, string> {
  const all = allAttributes(account, queue, counts);
  const known = (name: string) => name in all || name in UNHONOURED || name === 'RedrivePolicy';
  const strange = asked.find((name) => name !== 'All' && !known(name));
  if (strange !== undefined) throw unknown(strange);
  if (asked.includes('All')) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => asked.includes(name)));
}

/** The first attribute whose value in `wanted` differs from the queue's. */
export function differingAttribute(queue: Queue, wanted: Partial<QueueSettings>): string | undefined {
  for (const [name, [setting]] of NUMBERS) {
    if (setting in wanted && wanted[setting] !== queue[setting]) return name;
  }
  const same = JSON.stringify(wanted.redrive) === JSON.stringify(queue.redrive);
  return 'redrive' in wanted && !same ? 'RedrivePolicy' : undefined;
}

function allAttributes(account: Account, queue: Queue, counts: MessageCounts): Record<string, string> {
  const numbers = [...NUMBERS].map(([name, [setting]]) => [name, String(queue[setting])]);
  const counted = Object.entries(COUNTS).map(([name, count]) => [name, String(counts[count])]);
  const { redrive } = queue;
  return {
    QueueArn: queueArn(account, queue.name),
    ...Object.fromEntries([...counted, ...numbers]),
    CreatedTimestamp: seconds(queue.createdAt),
    LastModifiedTimestamp: seconds(queue.modifiedAt),
    SqsManagedSseEnabled: 'false',
    ...(redrive && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: queueArn(account, redrive.deadLetterQueue),
        maxReceiveCount: redrive.mostReceives,
      }),
    }),
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalid(name);
}

/** The policy is JSON; an empty text takes it away. */
function redriveFrom(account: Account, text: string): Redrive | undefined {
  if (text === '') return undefined;
  const policy = jsonIn(text);
  const { deadLetterTargetArn, maxReceiveCount } = isObject(policy) ? policy : {};
  const mostReceives = Number(maxReceiveCount);
  const deadLetterQueue = queueNameIn(account, String(deadLetterTargetArn));
  const counts = Number.isInteger(mostReceives) && mostReceives >= 1 && mostReceives <= MAX_RECEIVES;
  if (deadLetterQueue !== undefined && counts) return { deadLetterQueue, mostReceives };
  throw new QueueError(
    'InvalidParameterValueException',
    `Value ${text} for parameter RedrivePolicy is invalid. Reason: deadLetterTargetArn must be the ARN of a queue of this account and region, and maxReceiveCount must be between 1 and ${MAX_RECEIVES}.`,
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function seconds(time: Date): string {
  return String(Math.floor(time.getTime() / 1_000));
}

function unknown(name: string): QueueError {
  return new QueueError('InvalidAttributeName', `Unknown Attribute ${name}.`);
}

function invalid(name: string): QueueError {
  return new QueueError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
}
