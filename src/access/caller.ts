/**
 * What a caller may do, one word for each kind of power; none includes another. `read` looks, `operate` changes
 * functions and runs experiments, `audit` reads who did what, `administer` gives and takes tokens.
 */
export const PERMISSIONS = ['read', 'operate', 'audit', 'administer'] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** How a caller proved who it is: a bearer token, a session of the dashboard, or a signature with the AWS key pair. */
export type CallerKind = 'token' | 'session' | 'access-key';

/** Where a call came in. `lambda` and `sqs` are the APIs of AWS. */
export const DOORS = ['rest', 'cli', 'dashboard', 'mcp', 'lambda', 'sqs'] as const;
export type Door = (typeof DOORS)[number];

/** Who somebody is and what they may do. */
export interface Identity {
  /** For people: `owner`, `ci`. Several tokens may have one name. */
  name: string;
  /** The token behind it, also behind a session. */
  tokenId: string;
  permissions: readonly Permission[];
}

/** Who calls an operation, and how: the subject of the audit log. */
export interface Caller extends Identity {
  kind: CallerKind;
  door: Door;
}

/** Name and token of whoever holds the key file of the data directory. */
export const OWNER = 'owner';

/**
 * Where identities come from. The key file is one source and the tokens in the state engine are another; sign-on by OIDC
 * becomes a third. Both methods resolve with undefined where the source does not know the identity, or no longer, and
 * throw `state.unavailable` (503) where that cannot be said now.
 */
export interface IdentitySource {
  /** The identity that a bearer credential proves. */
  authenticate(credential: string): Promise<Identity | undefined>;
  /** The identity behind a session, with the permissions that it has now. */
  current(tokenId: string): Promise<Identity | undefined>;
}
