import type { Account } from '../src/catalog/names.ts';
import { noSuchQueue, QueueError, unsupported } from './errors.ts';

const NAME = /^[A-Za-z0-9_-]{1,80}$/;

/** The name of a new queue. Throws InvalidParameterValue, UnsupportedOperation for a FIFO queue. */
export function newQueueName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name)) throw unsupported('A FIFO queue');
  if (NAME.test(name)) return name;
  throw new QueueError(
    'InvalidParameterValueException',
    'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
  );
}

export function queueArn(account: Account, name: string): string {
  return `arn:aws:sqs:${account.region}:${account.accountId}:${name}`;
}

/** The name in the ARN of a queue of this account and region; undefined for any other ARN. */
export function queueNameIn(account: Account, arn: string): string | undefined {
  const prefix = queueArn(account, '');
  const name = arn.slice(prefix.length);
  return arn.startsWith(prefix) && NAME.test(name) ? name : undefined;
}

/** `host` is the one that the caller reached us by, so that the URL leads back here. */
export function queueUrl(account: Account, host: string, name: string): string {
  return `http://${host}/${account.accountId}/${name}`;
}

/**
 * The name in the URL of a queue, whatever its host. Throws InvalidAddress for what is no such URL, QueueDoesNotExist for
 * a queue of another account.
 */
export function queueNameInUrl(account: Account, url: string): string {
  const match = /^(?:https?:\/\/[^/]+)?\/?(\d{12})\/([A-Za-z0-9_.-]{1,80})\/?$/.exec(url);
  if (!match) throw new QueueError('InvalidAddress', `The address ${url} is not valid for this endpoint.`);
  if (match[1] !== account.accountId) throw noSuchQueue();
  return match[2] as string;
}
