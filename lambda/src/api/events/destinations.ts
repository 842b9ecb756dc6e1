import { findQueue } from '../../../sqs/queue-store.ts';
import { destinationOf, invalidDestination } from '../../catalog/functions/destinations.ts';
import { versionOf } from '../../catalog/functions.ts';
import { invalidParameter, notSupported } from '../../errors.ts';
import type { ApiContext } from '../operation.ts';

/**
 * Checks where invocation records of a function are to go; nothing to check for undefined and ''. Throws
 * InvalidParameterValueException for what is not there, and for the function itself.
 */
export async function checkDestination(
  context: ApiContext,
  functionName: string,
  arn: string | undefined,
  member: string,
): Promise<void> {
  if (!arn) return;
  const destination = destinationOf(context.catalog.account, arn, member);
  if (destination.kind === 'queue') return await checkQueue(context, destination.queue, arn);
  const { name, qualifier } = destination.function;
  if (name === functionName) {
    throw invalidParameter("You can't specify the function as a destination for itself.");
  }
  const record = context.catalog.store.get(name);
  if (!record) throw invalidDestination(arn);
  versionOf(context.catalog, record, qualifier);
}

/** Checks where events that fail are to go: a queue, or '' for nowhere. Throws InvalidParameterValueException. */
export async function checkDeadLetter(context: ApiContext, arn: string): Promise<void> {
  if (arn === '') return;
  const destination = destinationOf(context.catalog.account, arn, 'deadLetterConfig.targetArn');
  if (destination.kind !== 'queue') throw invalidDestination(arn);
  await checkQueue(context, destination.queue, arn);
}

async function checkQueue({ queues }: ApiContext, name: string, arn: string): Promise<void> {
  if (!queues) throw notSupported('A queue without a state engine');
  if (!(await queues.run((database) => findQueue(database, name)))) throw invalidDestination(arn);
}
