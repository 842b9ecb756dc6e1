/**
 * What a caller may do. No permission includes another. `read`: see everything but tokens and the audit log; `operate`:
 * invoke functions and run experiments; `audit`: read the audit log; `administer`: create and revoke tokens.
 * A finer permission gets a name of its own, such as `operate:flags`, and `mayPerform` decides what grants it.
 */
export const PERMISSIONS = ['read', 'operate', 'audit', 'administer'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** How the caller authenticated; `access-key` is a SigV4 signature. */
export type CallerKind = 'token' | 'session' | 'access-key';

/** Where a call came in. `lambda` and `sqs` are AWS's APIs. */
export const DOORS = ['rest', 'cli', 'dashboard', 'mcp', 'lambda', 'sqs'] as const;
export type Door = (typeof DOORS)[number];

/** Who somebody is, and what they may do. */
export interface Identity {
  /** Shown to people: `owner`, `ci`. Several tokens may share a name. */
  name: string;
  /** The token, also of a session. */
  tokenId: string;
  permissions: readonly Permission[];
}

/** Who calls an operation, and how: the subject of the audit log. */
export interface Caller extends Identity {
  kind: CallerKind;
  door: Door;
}

/** Name and token id of whoever holds the key file of the data directory. */
export const OWNER = 'owner';

/**
 * Where identities come from: the key file, the tokens in the state engine, and in future sign-on by OIDC. Both methods
 * resolve with undefined for an unknown or ended identity, and throw `state.unavailable` (503) when they cannot tell.
 */
export interface IdentitySource {
  /** The identity of a bearer credential. */
  authenticate(credential: string): Promise<Identity | undefined>;
  /** The identity of a session, with its present permissions. */
  current(tokenId: string): Promise<Identity | undefined>;
}
