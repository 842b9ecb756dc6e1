import { environment, least, millis, type RowOf, text } from '../column.ts';

/** Which user an anonymous visitor turned out to be, and when that was first said. */
export const identities = {
  name: 'identities',
  environment: 'environment',
  columns: {
    environment,
    anonymous_id: text,
    user_id: text,
    first: least(millis),
  },
} as const;

export type IdentityRow = RowOf<typeof identities.columns>;
