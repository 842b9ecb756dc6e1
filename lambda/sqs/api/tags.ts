import { noSuchQueue } from '../errors.ts';
import { textMapOf, textsOf } from '../input.ts';
import { lockQueue, saveTags } from '../queue-store.ts';
import { checkedTags } from '../tags.ts';
import { type QueueCall, type QueueOperation, queueNameOf } from './operation.ts';

export const QUEUE_TAG_OPERATIONS: readonly QueueOperation[] = [
  { name: 'TagQueue', run: tag },
  { name: 'UntagQueue', run: untag },
  { name: 'ListQueueTags', run: list },
];

async function tag(call: QueueCall): Promise<undefined> {
  const added = textMapOf(call.input, 'Tags');
  return await changeTags(call, (tags) => ({ ...tags, ...added }));
}

async function untag(call: QueueCall): Promise<undefined> {
  const gone = textsOf(call.input, 'TagKeys');
  return await changeTags(call, (tags) =>
    Object.fromEntries(Object.entries(tags).filter(([key]) => !gone.includes(key))),
  );
}

async function list(call: QueueCall): Promise<object> {
  const { tags } = await call.queues.find(queueNameOf(call));
  return Object.keys(tags).length > 0 ? { Tags: tags } : {};
}

async function changeTags(
  call: QueueCall,
  change: (tags: Record<string, string>) => Record<string, string>,
): Promise<undefined> {
  const name = queueNameOf(call);
  await call.queues.transaction(async (database) => {
    const queue = await lockQueue(database, name);
    if (!queue) throw noSuchQueue();
    await saveTags(database, name, checkedTags(change(queue.tags)));
  });
  return undefined;
}
