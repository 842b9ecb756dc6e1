import type { ProductEvent } from '../product-events/row.ts';
import { timeOfMs } from '../time.ts';
import type { IdentityRow } from './table.ts';

/** The link that an event makes between an anonymous visitor and a user; undefined when it names only one of them. */
export function identityRow({
  environment,
  anonymousId,
  userId,
  atMs,
}: ProductEvent): IdentityRow | undefined {
  const [visitor, user]: string[] = [anonymousId, userId];
  if (visitor === '' || user === '' || visitor === user) return undefined;
  return { environment, anonymous_id: anonymousId, user_id: userId, first: timeOfMs(atMs) };
}
