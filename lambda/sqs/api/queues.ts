import { MAX_QUEUES, MAX_QUEUES_LISTED, PURGE_REST_SECONDS } from '../../src/limits.ts';
import { attributesOf, DEFAULT_SETTINGS, differingAttribute, settingsFrom } from '../attributes.ts';
import { invalidValue, noSuchQueue, QueueError } from '../errors.ts';
import { optionalNumberOf, optionalTextOf, textMapOf, textOf, textsOf } from '../input.ts';
import { newQueueName } from '../names.ts';
import {
  countMessages,
  countQueues,
  createQueue,
  deadLetterSources,
  deleteQueue,
  findQueue,
  lockQueue,
  purgeQueue,
  type QueueSettings,
  queueNames,
  saveSettings,
} from '../queue-store.ts';
import type { Queues } from '../queues.ts';
import { checkedTags } from '../tags.ts';
import { type QueueCall, type QueueOperation, queueNameOf, urlOf } from './operation.ts';

/** Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Operations.html */
export const QUEUE_OPERATIONS: readonly QueueOperation[] = [
  { name: 'CreateQueue', run: create },
  { name: 'GetQueueUrl', run: getUrl },
  { name: 'ListQueues', run: list },
  { name: 'ListDeadLetterSourceQueues', run: listDeadLetterSources },
  { name: 'GetQueueAttributes', run: getAttributes },
  { name: 'SetQueueAttributes', run: setAttributes },
  { name: 'PurgeQueue', run: purge },
  { name: 'DeleteQueue', run: remove },
];

/** A queue of the same name that is set to the same is the answer too. */
async function create(call: QueueCall): Promise<object> {
  const { queues, input } = call;
  const name = newQueueName(textOf(input, 'QueueName'));
  const wanted = settingsFrom(queues.account, textMapOf(input, 'Attributes'));
  const tags = checkedTags(textMapOf(input, 'tags'));
  const present = await queues.run((database) => findQueue(database, name));
  const differing = present && differingAttribute(present, wanted);
  if (differing !== undefined) {
    throw new QueueError(
      'QueueNameExists',
      `A queue already exists with the same name and a different value for attribute ${differing}`,
    );
  }
  if (!present) {
    await checkDeadLetterQueue(queues, wanted);
    if ((await queues.run(countQueues)) >= MAX_QUEUES) {
      throw new QueueError('OverLimit', `There are ${MAX_QUEUES} queues already.`);
    }
    const settings = { ...DEFAULT_SETTINGS, ...wanted };
    const made = await queues.run((database) => createQueue(database, name, settings, tags, queues.now()));
    // Somebody else made it in between: what it is set to is to be compared.
    if (!made) return await create(call);
  }
  return { QueueUrl: urlOf(call, name) };
}

async function getUrl(call: QueueCall): Promise<object> {
  const { queues, input } = call;
  const owner = optionalTextOf(input, 'QueueOwnerAWSAccountId') ?? queues.account.accountId;
  const name = textOf(input, 'QueueName');
  if (owner !== queues.account.accountId) throw noSuchQueue();
  await queues.find(name);
  return { QueueUrl: urlOf(call, name) };
}

async function list(call: QueueCall): Promise<object> {
  const prefix = optionalTextOf(call.input, 'QueueNamePrefix') ?? '';
  const { urls, NextToken } = await page(call, (after, most) =>
    call.queues.run((database) => queueNames(database, { prefix, after, most })),
  );
  return { QueueUrls: urls.length > 0 ? urls : undefined, NextToken };
}

async function listDeadLetterSources(call: QueueCall): Promise<object> {
  const { name } = await call.queues.find(queueNameOf(call));
  const { urls, NextToken } = await page(call, (after, most) =>
    call.queues.run((database) => deadLetterSources(database, name, { after, most })),
  );
  return { queueUrls: urls, NextToken };
}

/** One page of names in their order as URLs, and the token of the next page when a size was asked for. */
async function page(
  call: QueueCall,
  namesAfter: (after: string, most: number) => Promise<string[]>,
): Promise<{ urls: string[]; NextToken: string | undefined }> {
  const reason = `Must be between 1 and ${MAX_QUEUES_LISTED}, if provided.`;
  const asked = optionalNumberOf(call.input, 'MaxResults', [1, MAX_QUEUES_LISTED], reason);
  const most = asked ?? MAX_QUEUES_LISTED;
  const token = optionalTextOf(call.input, 'NextToken') ?? '';
  const after = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^[A-Za-z0-9_-]*$/.test(after)) throw invalidValue(token, 'NextToken', 'it is no token of this list.');
  const names = await namesAfter(after, most + 1);
  const urls = names.slice(0, most).map((name) => urlOf(call, name));
  const last = asked !== undefined && names.length > most ? names[most - 1] : undefined;
  return { urls, NextToken: last === undefined ? undefined : Buffer.from(last).toString('base64url') };
}

async function getAttributes(call: QueueCall): Promise<object> {
  const { queues, input } = call;
  const queue = await queues.find(queueNameOf(call));
  const counts = await queues.run((database) => countMessages(database, queue, queues.now()));
  const Attributes = attributesOf(queues.account, queue, counts, textsOf(input, 'AttributeNames'));
  return Object.keys(Attributes).length > 0 ? { Attributes } : {};
}

async function setAttributes(call: QueueCall): Promise<undefined> {
  const { queues, input } = call;
  const name = queueNameOf(call);
  const wanted = settingsFrom(queues.account, textMapOf(input, 'Attributes'));
  await checkDeadLetterQueue(queues, wanted);
  await queues.transaction(async (database) => {
    const queue = await lockQueue(database, name);
    if (!queue) throw noSuchQueue();
    await saveSettings(database, name, { ...queue, ...wanted }, queues.now());
  });
  // Receivers that wait may have something to receive now.
  queues.arrivals.announce(name);
  return undefined;
}

async function checkDeadLetterQueue(queues: Queues, { redrive }: Partial<QueueSettings>): Promise<void> {
  if (redrive === undefined) return;
  const { deadLetterQueue } = redrive;
  if (await queues.run((database) => findQueue(database, deadLetterQueue))) return;
  throw invalidValue(deadLetterQueue, 'RedrivePolicy', 'Dead letter target does not exist.');
}

async function purge(call: QueueCall): Promise<undefined> {
  const { queues } = call;
  const { name } = await queues.find(queueNameOf(call));
  const purged = await queues.transaction((database) =>
    purgeQueue(database, name, PURGE_REST_SECONDS, queues.now()),
  );
  if (purged) return undefined;
  throw new QueueError(
    'PurgeQueueInProgress',
    `Only one PurgeQueue operation on ${name} is allowed every ${PURGE_REST_SECONDS} seconds.`,
  );
}

async function remove(call: QueueCall): Promise<undefined> {
  const name = queueNameOf(call);
  if (await call.queues.run((database) => deleteQueue(database, name))) return undefined;
  throw noSuchQueue();
}
