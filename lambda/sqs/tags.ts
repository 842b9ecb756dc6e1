import { MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS } from '../src/limits.ts';
import { QueueError } from './errors.ts';

/**
 * Tags that a queue may have. Throws InvalidParameterValue.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-tags.html
 */
export function checkedTags(tags: Record<string, string>): Record<string, string> {
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS) throw refusal(`A queue can have at most ${MAX_TAGS} tags.`);
  for (const [key, value] of entries) {
    if (key === '' || key.length > MAX_TAG_KEY || key.startsWith('aws:')) {
      throw refusal(`The tag key must be 1 to ${MAX_TAG_KEY} characters and not begin with aws:.`);
    }
    if (value.length > MAX_TAG_VALUE) {
      throw refusal(`The tag value must be at most ${MAX_TAG_VALUE} characters.`);
    }
  }
  return tags;
}

function refusal(message: string): QueueError {
  return new QueueError('InvalidParameterValueException', message);
}
