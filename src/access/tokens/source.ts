import type { Clock } from '../../lib/clock.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import type { Identity, IdentitySource } from '../caller.ts';
import { isSecret, stateOf, type Token } from './token.ts';

/** The part of the token store that authentication needs. */
export interface TokenReader {
  /** `hash`: SHA-256 of the secret. */
  byHash(hash: Buffer): Promise<Token | undefined>;
  byId(tokenId: string): Promise<Token | undefined>;
  touch(tokenId: string, at: Date): Promise<void>;
}

/**
 * How long a look-up stays in the cache, milliseconds. A revocation empties the cache at once; this bounds changes that
 * bypass the control room.
 */
const MAX_AGE_MS = 5_000;
const MAX_ENTRIES = 1_000;
/** `last_used_at` is written at most this often for each token, milliseconds. */
const TOUCH_MS = 60_000;

interface Known {
  token: Promise<Token | undefined>;
  sinceMs: number;
}

/**
 * Identities from the tokens in the state engine, with a cache. Throws `state.unavailable` (503) for a token that is not
 * in the cache while the engine is down. Invariant: nothing read before a revocation is in the cache after it.
 */
export class TokenIdentities implements IdentitySource {
  #store: TokenReader;
  #clock: Clock;
  #known = new Map<string, Known>();
  #touchedMs = new Map<string, number>();
  #listeners = new Set<(tokenId: string) => void>();

  constructor(store: TokenReader, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  async authenticate(credential: string): Promise<Identity | undefined> {
    if (!isSecret(credential)) return undefined;
    const hash = sha256(credential);
    return this.#identity(hash.toString('base64'), () => this.#store.byHash(hash));
  }

  async current(tokenId: string): Promise<Identity | undefined> {
    return this.#identity(tokenId, () => this.#store.byId(tokenId));
  }

  /** Call when a token was revoked. */
  revoked(tokenId: string): void {
    this.#known.clear();
    for (const listener of this.#listeners) listener(tokenId);
  }

  /** Calls the listener for every revoked token until the returned function is called. */
  onRevoked(listener: (tokenId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #identity(key: string, look: () => Promise<Token | undefined>): Promise<Identity | undefined> {
    const token = await this.#lookUp(key, look);
    const nowMs = this.#clock.now();
    if (!token || stateOf(token, nowMs) !== 'valid') return undefined;
    this.#touch(token.tokenId, nowMs);
    const { name, tokenId, permissions } = token;
    return { name, tokenId, permissions };
  }

  /** Concurrent calls share one look-up. A revocation removes look-ups in flight, too. */
  async #lookUp(key: string, look: () => Promise<Token | undefined>): Promise<Token | undefined> {
    const nowMs = this.#clock.monotonic();
    const known = this.#known.get(key);
    if (known && nowMs - known.sinceMs < MAX_AGE_MS) return known.token;
    if (this.#known.size >= MAX_ENTRIES) this.#known.clear();
    const entry = { token: look(), sinceMs: nowMs };
    this.#known.set(key, entry);
    const forget = () => {
      if (this.#known.get(key) === entry) this.#known.delete(key);
    };
    // Failures and unknown tokens are not cached: a token must work as soon as it is created.
    entry.token.then((token) => token ?? forget(), forget);
    return entry.token;
  }

  #touch(tokenId: string, nowMs: number): void {
    if (nowMs - (this.#touchedMs.get(tokenId) ?? Number.NEGATIVE_INFINITY) < TOUCH_MS) return;
    if (this.#touchedMs.size >= MAX_ENTRIES) this.#touchedMs.clear();
    this.#touchedMs.set(tokenId, nowMs);
    // For display only: no call waits for it or fails because of it.
    this.#store.touch(tokenId, new Date(nowMs)).catch(() => this.#touchedMs.delete(tokenId));
  }
}
