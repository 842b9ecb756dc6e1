import { z } from 'zod';
import { type Clock, systemClock } from '../../lib/clock.ts';
import type { Caller, Permission } from '../caller.ts';
import { defineOperations, operation } from '../operation.ts';
import { problem } from '../problems.ts';
import { tokenRoutes } from './routes.ts';
import { permission, type TokenView, tokenView } from './schema.ts';
import type { TokenStore } from './store.ts';
import { DEFAULT_EXPIRY, expiryAfter, isReserved, known, NAME, stateOf, type Token } from './token.ts';

export interface TokenSources {
  store: TokenStore;
  /** Called for every revocation, before it is acknowledged. */
  revoked(tokenId: string): void;
  clock?: Clock;
}

const draft = z.object({
  name: z
    .string()
    .regex(
      NAME,
      'must be 1 to 64 characters: a to z, digits, spaces and ". _ @ + -", with a letter or digit at each end',
    )
    .refine((name) => !isReserved(name), 'must not be "owner", which is the token of the data directory'),
  permissions: z
    .array(permission)
    .refine((list) => list.length > 0, `must name at least one of ${permission.options.join(', ')}`),
  expires: z.string().default(DEFAULT_EXPIRY).describe('lifetime: "90d", "12h" or "never"'),
});

export function tokenOperations({ store, revoked, clock = systemClock }: TokenSources) {
  const view = (token: Token) => viewOf(token, clock.now());
  return defineOperations(tokenRoutes, {
    listTokens: operation({
      summary: 'All tokens, newest first',
      permission: 'administer',
      effect: 'reads',
      input: z.object({}),
      output: z.object({ tokens: z.array(tokenView) }),
      run: async () => ({ tokens: (await store.list()).map(view) }),
    }),
    createToken: operation({
      summary: 'Create a token for a named caller; only this response has its secret',
      permission: 'administer',
      effect: 'changes',
      input: draft,
      output: z.object({ token: tokenView, secret: z.string() }),
      run: async ({ name, permissions, expires }, caller, note) => {
        note({ subject: name });
        refuseMore(caller, permissions);
        const at = new Date(clock.now());
        const expiresAt = expiryAfter(expires, at.getTime());
        const created = await store.create(
          { name, permissions: known(permissions), expiresAt, createdBy: caller.name },
          at,
        );
        note({ subject: subjectOf(created.token), after: grantOf(created.token) });
        return { token: view(created.token), secret: created.secret };
      },
    }),
    revokeToken: operation({
      summary: 'Revoke a token and end its sessions',
      permission: 'administer',
      effect: 'changes',
      input: z.object({
        token: z.string().describe('its id, or its name if only one valid token has that name'),
        reason: z.string().max(500).optional(),
      }),
      output: tokenView,
      run: async ({ token: idOrName }, caller, note) => {
        const token = await store.revoke(idOrName, caller.name, new Date(clock.now()));
        revoked(token.tokenId);
        note({ subject: subjectOf(token), before: grantOf(token), after: 'revoked' });
        return view(token);
      },
    }),
  });
}

/** Otherwise `administer` would imply every permission. */
function refuseMore(caller: Caller, permissions: readonly Permission[]): void {
  const missing = permissions.filter((wanted) => !caller.permissions.includes(wanted));
  if (missing.length > 0)
    throw problem(
      'forbidden',
      `${caller.name} cannot grant permissions it does not have: ${missing.join(', ')}`,
    );
}

function subjectOf({ name, tokenId }: Token): string {
  return `${name} (${tokenId})`;
}

function grantOf({ permissions, expiresAt }: Token): string {
  const end = expiresAt
    ? `expires ${expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
    : 'does not expire';
  return `${permissions.join(', ')}; ${end}`;
}

function viewOf(token: Token, nowMs: number): TokenView {
  const text = (at: Date | null) => at?.toISOString() ?? null;
  return {
    ...token,
    state: stateOf(token, nowMs),
    createdAt: token.createdAt.toISOString(),
    expiresAt: text(token.expiresAt),
    lastUsedAt: text(token.lastUsedAt),
    revokedAt: text(token.revokedAt),
  };
}
