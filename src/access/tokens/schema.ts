import { z } from 'zod';
import { PERMISSIONS } from '../caller.ts';

/** The API's view of tokens; `web/` imports these types. */

export const permission = z.enum(PERMISSIONS);

export const tokenView = z.object({
  tokenId: z.string(),
  name: z.string(),
  /** The first characters of the secret, for recognition. */
  hint: z.string(),
  permissions: z.array(permission),
  state: z.enum(['valid', 'expired', 'revoked']),
  createdAt: z.string(),
  createdBy: z.string(),
  /** Null: it does not expire. */
  expiresAt: z.string().nullable(),
  /** Null: never. At most a minute old. */
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
  revokedBy: z.string().nullable(),
});

export type TokenView = z.infer<typeof tokenView>;
