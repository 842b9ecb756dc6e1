import type { KeyObject } from 'node:crypto';
import { type Clock, systemClock } from '../../lib/clock.ts';
import { signingKey, signJws } from '../../lib/crypto/jws.ts';
import { newId } from '../../lib/ids.ts';
import type { Application, TreatmentControl } from '../treatment.ts';
import type { FaultTreatment } from './fault.ts';
import { LEASE_TTL_MS, LEASE_TYPE, leaseClaims } from './lease.ts';

export interface LeaseOptions {
  /** Ed25519 private key, PKCS #8 DER, base64url: `Keys.leasePrivateKey`. */
  privateKey: string;
  clock?: Clock;
  /** Life of a lease after its receipt, milliseconds; default 5,000, maximum 10,000. */
  ttlMs?: number;
}

interface Held {
  run: string;
  token: string;
  /** By the monotonic clock, so that a clock that is set back does not lengthen it. */
  until: number;
}

/**
 * The valid leases, one per function, in memory only: after a restart there are none, and injection ends by itself. A
 * withdrawal needs no answer from a function. It is confirmed once no function can fetch a lease of the run; a lease that
 * a function already holds expires within its lifetime.
 */
export class LeaseControl implements TreatmentControl<FaultTreatment> {
  #key: KeyObject;
  #clock: Clock;
  #ttlMs: number;
  #held = new Map<string, Held>();

  constructor({ privateKey, clock = systemClock, ttlMs = LEASE_TTL_MS }: LeaseOptions) {
    this.#key = signingKey(privateKey);
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /** Signs the function's next lease. Past the run's end there is none. */
  async apply(application: Application<FaultTreatment>): Promise<void> {
    const claims = leaseClaims(application, {
      jti: newId('lease'),
      nowMs: this.#clock.now(),
      ttlMs: this.#ttlMs,
    });
    if (!claims) return this.withdraw(application.run);
    this.#held.set(application.function, {
      run: application.run,
      token: signJws(claims, LEASE_TYPE, this.#key),
      until: this.#clock.monotonic() + claims.ttlMs,
    });
  }

  /** The next lease carries the larger share. Treated units stay treated, because assignment is monotone in the share. */
  widen(application: Application<FaultTreatment>): Promise<void> {
    return this.apply(application);
  }

  /** Forgets the run's leases: from now on no function gets one. */
  async withdraw(run: string): Promise<void> {
    for (const [name, held] of this.#held) if (held.run === run) this.#held.delete(name);
  }

  /** The signed leases for a function, none or one: what the SDK polls. A lease that nobody renewed is not given out. */
  current(functionName: string): string[] {
    const held = this.#held.get(functionName);
    return held && this.#clock.monotonic() < held.until ? [held.token] : [];
  }
}
