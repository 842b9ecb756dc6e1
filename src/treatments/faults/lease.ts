import { type LeaseClaims, MAX_LEASE_MS } from '../../../sdk/src/core/lease.ts';
import type { Application } from '../treatment.ts';
import type { FaultTreatment } from './fault.ts';

export const LEASE_TYPE = 'upstack-lease+jwt';
/** Life of a lease after its receipt: how long a fault outlives a dead control room, milliseconds. */
export const LEASE_TTL_MS = 5_000;
/** A lease is fetched some time after it was signed, and clocks differ a little. */
const ALLOWANCE_MS = 500;

export interface Signing {
  jti: string;
  nowMs: number;
  /** 1 to 10,000. */
  ttlMs: number;
}

/** The claims of a lease for the next moments of a run; undefined once the run may treat nothing any more. */
export function leaseClaims(
  application: Application<FaultTreatment>,
  { jti, nowMs, ttlMs }: Signing,
): LeaseClaims | undefined {
  if (nowMs >= application.endsAtMs) return undefined;
  const life = Math.min(ttlMs, MAX_LEASE_MS, application.endsAtMs - nowMs);
  return {
    jti,
    run: application.run,
    experiment: application.experiment,
    function: application.function,
    unit: application.slice.unit,
    salt: application.salt,
    stage: application.stage,
    share: application.slice.share,
    fault: application.treatment.fault,
    ttlMs: Math.max(1, Math.floor(life)),
    notAfter: Math.floor(Math.min(nowMs + life + ALLOWANCE_MS, application.endsAtMs)),
  };
}
