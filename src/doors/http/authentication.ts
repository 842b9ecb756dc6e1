import type { IncomingHttpHeaders } from 'node:http';
import type { Caller, Door, Identity, IdentitySource } from '../../access/caller.ts';
import type { Keys } from '../../access/keys.ts';
import { type OriginPolicy, originAllowed } from '../../access/origin.ts';
import { problem } from '../../access/problems.ts';
import { openSession, SESSION_COOKIE } from '../../access/sessions/session.ts';
import type { Clock } from '../../lib/clock.ts';
import { sameSecret } from '../../lib/crypto/secret.ts';

/** The parts of a request that identify its caller. */
export interface Credentials {
  method: string;
  headers: IncomingHttpHeaders;
}

export interface AuthenticationOptions {
  keys: Keys;
  /** Asked in order; the first match wins. */
  sources: readonly IdentitySource[];
  clock: Clock;
  origins: OriginPolicy;
}

/** The CLI's user agent, so that the audit log can tell it from other clients of the API. */
const CLI = /^upstack-cli\b/;

/** Identifies the caller: the bearer of a token, or a dashboard session, which must also prove that it is our page. */
export class Authentication {
  #options: AuthenticationOptions;

  constructor(options: AuthenticationOptions) {
    this.#options = options;
  }

  /**
   * The caller. `door` overrides what the request suggests. Throws a Problem: 401 without a valid token or session, 403
   * from a foreign page, 503 while a token cannot be looked up.
   */
  async caller({ method, headers }: Credentials, door?: Door): Promise<Caller> {
    const { authorization, origin, host } = headers;
    if (!originAllowed(origin, host, this.#options.origins)) {
      throw problem('foreign-origin', `a page of ${origin} may not use this control room`);
    }
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) {
      const holder = await this.holder(bearer);
      if (!holder)
        throw problem(
          'unauthenticated',
          'the token is unknown, expired or revoked: "upstack env" prints the owner\'s',
        );
      const sent = CLI.test(headers['user-agent'] ?? '') ? 'cli' : 'rest';
      return { ...holder, kind: 'token', door: door ?? sent };
    }
    const identity = await this.#sessionOf(headers.cookie);
    if (!identity) {
      throw problem(
        'unauthenticated',
        'send "Authorization: Bearer <token>"; "upstack env" prints the token',
      );
    }
    if (method !== 'GET' && headers['x-upstack-request'] !== '1') {
      throw problem(
        'foreign-origin',
        'a session may change things only with the header "x-upstack-request: 1"',
      );
    }
    return { ...identity, kind: 'session', door: door ?? 'dashboard' };
  }

  /** The holder of a token. Throws `state.unavailable` (503) while it cannot be looked up. */
  async holder(token: string): Promise<Identity | undefined> {
    return this.#first((source) => source.authenticate(token));
  }

  isWriteKey(given: string): boolean {
    return sameSecret(given, this.#options.keys.writeKey);
  }

  async #sessionOf(header = ''): Promise<Identity | undefined> {
    const { keys, clock } = this.#options;
    const cookies = header.split(';').map((pair) => pair.trim());
    const sealed = cookies
      .find((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
      ?.slice(SESSION_COOKIE.length + 1);
    const tokenId = sealed === undefined ? undefined : openSession(sealed, clock.now(), keys.sessionKey);
    if (tokenId === undefined) return undefined;
    return this.#first((source) => source.current(tokenId));
  }

  async #first(
    ask: (source: IdentitySource) => Promise<Identity | undefined>,
  ): Promise<Identity | undefined> {
    for (const source of this.#options.sources) {
      const identity = await ask(source);
      if (identity) return identity;
    }
    return undefined;
  }
}
