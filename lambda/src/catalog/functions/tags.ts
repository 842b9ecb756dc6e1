import { invalidParameter } from '../../errors.ts';
import { MAX_TAG_KEY, MAX_TAG_VALUE, MAX_TAGS } from '../../limits.ts';
import { type CatalogContext, recordOf } from '../functions.ts';

export type Tags = Record<string, string>;

const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * The tags of a request, checked one by one. Throws InvalidParameterValueException.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
 */
export function tagsFrom(value: unknown): Tags {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalidParameter('Tags must map keys to values');
  for (const [key, text] of Object.entries(value)) checkTag(key, text);
  return checkedCount(value as Tags);
}

/** Adds tags to the function and replaces those that it has with the same keys. */
export async function tagFunction(context: CatalogContext, name: string, tags: Tags): Promise<void> {
  await change(context, name, (present) => checkedCount({ ...present, ...tags }));
}

/** Removes tags; a key that the function does not have is no error, as in AWS. */
export async function untagFunction(context: CatalogContext, name: string, keys: string[]): Promise<void> {
  await change(context, name, (present) =>
    Object.fromEntries(Object.entries(present).filter(([key]) => !keys.includes(key))),
  );
}

async function change(context: CatalogContext, name: string, next: (present: Tags) => Tags): Promise<void> {
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name);
    await context.store.save({ ...record, tags: next(record.tags) });
  });
}

function checkTag(key: string, value: unknown): void {
  if (key.length < 1 || key.length > MAX_TAG_KEY || !ALLOWED.test(key)) {
    throw invalidParameter(
      `The tag key '${key}' must have 1 to ${MAX_TAG_KEY} letters, digits, spaces and _.:/=+-@`,
    );
  }
  if (typeof value !== 'string' || value.length > MAX_TAG_VALUE || !ALLOWED.test(value)) {
    throw invalidParameter(
      `The value of the tag '${key}' must have at most ${MAX_TAG_VALUE} letters, digits, spaces and _.:/=+-@`,
    );
  }
  if (/^aws:/i.test(key)) {
    throw invalidParameter(`The tag key '${key}' begins with aws:, which is reserved for AWS`);
  }
}

function checkedCount(tags: Tags): Tags {
  if (Object.keys(tags).length <= MAX_TAGS) return tags;
  throw invalidParameter(`A function can have at most ${MAX_TAGS} tags`);
}
