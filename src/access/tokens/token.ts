import { parseDuration } from '../../lib/duration.ts';
import { OWNER, PERMISSIONS, type Permission } from '../caller.ts';
import { problem } from '../problems.ts';

/** A token as it is stored: everything but its secret. */
export interface Token {
  tokenId: string;
  name: string;
  /** The first characters of the secret, for recognition. */
  hint: string;
  permissions: Permission[];
  createdAt: Date;
  createdBy: string;
  /** Null: it does not expire. */
  expiresAt: Date | null;
  /** Null: never. At most a minute old. */
  lastUsedAt: Date | null;
  revokedAt: Date | null;
  revokedBy: string | null;
}

export type TokenState = 'valid' | 'expired' | 'revoked';

export function stateOf(
  { expiresAt, revokedAt }: Pick<Token, 'expiresAt' | 'revokedAt'>,
  nowMs: number,
): TokenState {
  if (revokedAt) return 'revoked';
  return expiresAt && expiresAt.getTime() <= nowMs ? 'expired' : 'valid';
}

const PREFIX = 'ups_';
/** 32 random bytes in base64url. */
const SECRET = /^ups_[A-Za-z0-9_-]{43}$/;
const HINT_LENGTH = PREFIX.length + 6;

/** Whether a credential has the form of a secret. Anything else is rejected without a look-up. */
export function isSecret(credential: string): boolean {
  return SECRET.test(credential);
}

/** A secret from 32 random bytes in base64url. People and secret scanners recognize it by its prefix. */
export function secretOf(random: string): string {
  return `${PREFIX}${random}`;
}

export function hintOf(secret: string): string {
  return secret.slice(0, HINT_LENGTH);
}

/** ASCII only, so that no two names look alike. */
export const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9 ._@+-]{0,62}[A-Za-z0-9])?$/;

/** Whether the name belongs to the token of the data directory. */
export function isReserved(name: string): boolean {
  return name.toLowerCase() === OWNER;
}

export const DEFAULT_EXPIRY = '90d';
const NO_EXPIRY = 'never';
const MIN_EXPIRY_MS = 60_000;
const MAX_EXPIRY_MS = 3_650 * 86_400_000;

/** When a token created now expires; null for "never". Throws `access.bad-expiry` (400). */
export function expiryAfter(text: string, nowMs: number): Date | null {
  if (text === NO_EXPIRY) return null;
  const durationMs = parseDuration(text);
  if (durationMs === undefined || durationMs < MIN_EXPIRY_MS || durationMs > MAX_EXPIRY_MS)
    throw problem(
      'bad-expiry',
      `expires "${text}" must be "never" or a duration of 1m to 3650d, such as 90d`,
    );
  return new Date(nowMs + durationMs);
}

/** The permissions among `words` that this version knows, in their order. */
export function known(words: readonly string[]): Permission[] {
  return PERMISSIONS.filter((permission) => words.includes(permission));
}
