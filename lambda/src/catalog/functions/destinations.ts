import { queueNameIn } from '../../../sqs/names.ts';
import { invalidParameter, notSupported, violation } from '../../errors.ts';
import { type Account, type FunctionReference, functionArn, functionReference } from '../names.ts';

/** Where messages about events go. */
export type Destination =
  | { kind: 'function'; function: FunctionReference }
  | { kind: 'queue'; queue: string };

const ARN = /^arn:aws[a-zA-Z0-9-]*:([a-zA-Z0-9-]+):([a-z]{2}(?:-[a-z]+)+-\d)?:(\d{12})?:.*$/;

/**
 * What an ARN names here. Throws InvalidParameterValueException for what is no ARN, for other accounts and regions, and for
 * the kinds of targets that AWS has and the twin has not: topics, event buses, buckets, streams, FIFO queues.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationOf(account: Account, arn: string, member: string): Destination {
  const [whole, service, region, accountId] = ARN.exec(arn) ?? [];
  if (whole === undefined) throw violation(arn, member, `satisfy regular expression pattern: ${ARN.source}`);
  if (service !== 'lambda' && service !== 'sqs') throw notSupported(`The target ${arn}`);
  if (region !== account.region || accountId !== account.accountId) throw invalidDestination(arn);
  if (service === 'lambda') {
    if (!arn.startsWith(functionArn(account, ''))) throw invalidDestination(arn);
    return { kind: 'function', function: functionReference(arn, undefined) };
  }
  if (arn.endsWith('.fifo')) throw notSupported(`The target ${arn}`);
  const queue = queueNameIn(account, arn);
  if (queue === undefined) throw invalidDestination(arn);
  return { kind: 'queue', queue };
}

export function invalidDestination(arn: string): Error {
  return invalidParameter(`The destination ARN ${arn} is invalid.`);
}
