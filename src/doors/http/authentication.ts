import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../access/caller.ts';
import type { Keys } from '../../access/keys.ts';
import { type OriginPolicy, originAllowed } from '../../access/origin.ts';
import { problem } from '../../access/problems.ts';
import { openSession, SESSION_COOKIE } from '../../access/session.ts';
import type { Clock } from '../../lib/clock.ts';
import { sameSecret } from '../../lib/secret.ts';

/** Tells who calls the API: the bearer of the token, or a dashboard session (which must also prove it is our page). */
export class Authentication {
  #keys: Keys;
  #clock: Clock;
  #origins: OriginPolicy;

  constructor(keys: Keys, clock: Clock, origins: OriginPolicy) {
    this.#keys = keys;
    this.#clock = clock;
    this.#origins = origins;
  }

  /** The caller, or a Problem: 401 without a valid token or session, 403 from a foreign page. */
  caller(request: FastifyRequest): Caller {
    const { authorization, origin, host } = request.headers;
    if (!originAllowed(origin, host, this.#origins)) {
      throw problem('foreign-origin', `a page of ${origin} may not use this control room`);
    }
    const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (bearer !== undefined) {
      if (this.isToken(bearer)) return { name: 'the API token', permissions: ['read', 'operate'] };
      throw problem('unauthenticated', 'this token is not valid here: "upstack env" prints the right one');
    }
    const name = this.#sessionName(request);
    if (name === undefined) {
      throw problem(
        'unauthenticated',
        'send "Authorization: Bearer <token>"; "upstack env" prints the token',
      );
    }
    if (request.method !== 'GET' && request.headers['x-upstack-request'] !== '1') {
      throw problem(
        'foreign-origin',
        'a session may change things only with the header "x-upstack-request: 1"',
      );
    }
    return { name, permissions: ['read', 'operate'] };
  }

  isToken(given: string): boolean {
    return sameSecret(given, this.#keys.token);
  }

  isWriteKey(given: string): boolean {
    return sameSecret(given, this.#keys.writeKey);
  }

  #sessionName(request: FastifyRequest): string | undefined {
    const cookies = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
    const sealed = cookies
      .find((pair) => pair.startsWith(`${SESSION_COOKIE}=`))
      ?.slice(SESSION_COOKIE.length + 1);
    return sealed === undefined ? undefined : openSession(sealed, this.#clock.now(), this.#keys.sessionKey);
  }
}
