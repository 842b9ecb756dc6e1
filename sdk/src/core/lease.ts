/** What a fault does while its lease lasts. Without `dependency` it strikes the function itself. */
export type Fault =
  | { kind: 'latency'; ms: number; dependency?: string }
  /** With `status` an HTTP answer of that status, without it an exception (a refused connection for a dependency). */
  | { kind: 'error'; message: string; status?: number; dependency?: string };

/** What a unit is: the person who uses the product, one visit of theirs, or one request. */
export type UnitKind = 'person' | 'session' | 'request';

/**
 * The claims of a fault lease, carried as a compact JWS (RFC 7515) signed with Ed25519 (RFC 8037). The control room
 * signs a new one every second while every guardrail can be evaluated; the SDK acts on it only while it is valid.
 */
export interface LeaseClaims {
  jti: string;
  /** The run, and the experiment's name for people. */
  run: string;
  experiment: string;
  /** The function it is for; a lease for another function is not valid here. */
  function: string;
  unit: UnitKind;
  salt: string;
  /** Index of the stage: a period of constant share. */
  stage: number;
  share: number;
  fault: Fault;
  /** How long it lasts after its receipt, in milliseconds; 1 to 10,000. */
  ttlMs: number;
  /** Epoch milliseconds after which it is void whatever happened. */
  notAfter: number;
}

/** Maximum lifetime of a lease: after this time a fault has ended by itself, whatever else died. */
export const MAX_LEASE_MS = 10_000;

/** Maximum injected latency: no function runs longer. */
export const MAX_LATENCY_MS = 900_000;

/** What is wrong with the claims of a lease. */
export type LeaseFlaw = 'claims' | 'function' | 'ttl' | 'share' | 'fault' | 'expired';

/**
 * The claims of a lease for `expected.function` when every one of them is sound at `expected.nowMs` (epoch
 * milliseconds), else the first flaw. Pure: the signature is checked elsewhere, before this.
 */
export function readLeaseClaims(
  claims: unknown,
  expected: { function: string; nowMs: number },
): { claims: LeaseClaims } | { flaw: LeaseFlaw } {
  if (
    !isObject(claims) ||
    !['jti', 'run', 'experiment', 'function', 'salt'].every((name) => isName(claims[name]))
  )
    return { flaw: 'claims' };
  if (!['person', 'session', 'request'].includes(claims.unit as string)) return { flaw: 'claims' };
  if (!isWithin(claims.stage, 0, 255) || !Number.isInteger(claims.stage)) return { flaw: 'claims' };
  if (claims.function !== expected.function) return { flaw: 'function' };
  if (!isWithin(claims.ttlMs, 1, MAX_LEASE_MS)) return { flaw: 'ttl' };
  if (!isWithin(claims.share, 0, 1)) return { flaw: 'share' };
  if (!isFault(claims.fault)) return { flaw: 'fault' };
  if (!isWithin(claims.notAfter, 0, Number.MAX_SAFE_INTEGER)) return { flaw: 'claims' };
  if (claims.notAfter <= expected.nowMs) return { flaw: 'expired' };
  return { claims: claims as unknown as LeaseClaims };
}

function isFault(fault: unknown): fault is Fault {
  if (!isObject(fault)) return false;
  if (fault.dependency !== undefined && !isHost(fault.dependency)) return false;
  if (fault.kind === 'latency') return isWithin(fault.ms, 0, MAX_LATENCY_MS);
  if (fault.kind !== 'error' || typeof fault.message !== 'string' || fault.message.length > 1000)
    return false;
  return fault.status === undefined || (isWithin(fault.status, 400, 599) && Number.isInteger(fault.status));
}

/** A host name or address, with or without `:port`. */
function isHost(host: unknown): host is string {
  return (
    typeof host === 'string' && host.length <= 255 && /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host)
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 256;
}

function isWithin(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && value >= low && value <= high;
}
