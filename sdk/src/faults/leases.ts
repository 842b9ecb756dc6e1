/**
 * The fault lease of this function: the dead-man's switch. A lease is polled for in the background and lives a few
 * seconds; nothing ever waits for it. When the control room, the network or this process stops, the fault has ended by
 * the time anything could be struck again.
 */
import { monotonicNow, soon, startTimer, wallNow } from '../clock.ts';
import { config } from '../config.ts';
import { type LeaseClaims, readLeaseClaims } from '../core/lease.ts';
import { warn } from '../warnings.ts';
import { verifyToken } from './jws.ts';
import { pollLeases } from './lease-poll.ts';

const REFRESH_MS = 1000;
const ARMED_REFRESH_MS = 250;
const TIMEOUT_MS = 2000;

interface Held {
  token: string;
  claims: LeaseClaims;
  /** When the lease ends on the monotonic and on the wall clock: a frozen process may find that only one went on. */
  endsAt: number;
  endsAtWall: number;
}

/** The last sound lease that came, and the same while it is acted on. */
let latest: Held | undefined;
let held: Held | undefined;
let lastRefreshAt = Number.NEGATIVE_INFINITY;
let polling = false;
let watching = false;
const endings = new Set<() => void>();
const arrivals: ((claims: LeaseClaims) => void)[] = [];

/** True when leases can arrive at all in this process. */
export const leasesPossible: boolean = config.control !== undefined;

/**
 * The lease that is valid at this moment, or undefined. `now` is the monotonic time.
 * Starts a refresh when the last one is older than a second; does not wait for it.
 */
export function leaseAtInvocation(now: number): LeaseClaims | undefined {
  if (now - lastRefreshAt > REFRESH_MS) {
    lastRefreshAt = now;
    soon(refresh);
  }
  return held === undefined ? undefined : validLease(now);
}

/** The lease that is valid at the monotonic time `now`, or undefined. An ended one is let go. */
export function validLease(now: number = monotonicNow()): LeaseClaims | undefined {
  if (held === undefined) return undefined;
  const wall = wallNow();
  if (now < held.endsAt && wall < held.endsAtWall && wall < held.claims.notAfter) return held.claims;
  disarm();
  return undefined;
}

/** Calls `ended` as soon as no lease is valid any more; returns how to stop listening. */
export function whenLeaseEnds(ended: () => void): () => void {
  endings.add(ended);
  return () => endings.delete(ended);
}

/** Calls `arrived` with every new lease before it is acted on. */
export function whenLeaseArrives(arrived: (claims: LeaseClaims) => void): void {
  arrivals.push(arrived);
}

function refresh(): void {
  const { control } = config;
  if (polling || control === undefined) return;
  polling = true;
  lastRefreshAt = monotonicNow();
  // The lease's life is counted from when it was asked for: it cannot have been signed after its answer came.
  const askedAt = lastRefreshAt;
  const askedAtWall = wallNow();
  try {
    pollLeases(control, config.functionName, TIMEOUT_MS, (tokens) => {
      polling = false;
      try {
        if (tokens !== undefined) take(tokens[0], control.leaseKey, askedAt, askedAtWall);
      } catch {
        warn('lease-unreadable');
      }
    });
  } catch {
    polling = false;
    warn('lease-unreachable');
  }
}

function take(token: string | undefined, key: string, askedAt: number, askedAtWall: number): void {
  if (token === undefined) {
    disarm();
  } else if (token === latest?.token) {
    // The same token again is no renewal: its life goes on from when it was first asked for.
    held = latest;
  } else {
    const claims = readToken(token, key);
    if (claims === undefined) {
      disarm();
    } else {
      for (const arrived of arrivals) arrived(claims);
      latest = { token, claims, endsAt: askedAt + claims.ttlMs, endsAtWall: askedAtWall + claims.ttlMs };
      held = latest;
    }
  }
  if (validLease() !== undefined && !watching) watch();
}

function readToken(token: string, key: string): LeaseClaims | undefined {
  const verified = verifyToken(token, key);
  const read =
    'flaw' in verified
      ? verified
      : readLeaseClaims(verified.payload, { function: config.functionName, nowMs: wallNow() });
  if ('claims' in read) return read.claims;
  warn(`lease-${read.flaw}`);
  return undefined;
}

/** While a lease is held, looks often, so that a withdrawal is seen at once and an end wakes what sleeps under it. */
function watch(): void {
  watching = true;
  const timer = startTimer(() => {
    watching = false;
    if (validLease() === undefined) return;
    refresh();
    watch();
  }, ARMED_REFRESH_MS);
  timer.unref();
}

function disarm(): void {
  if (held === undefined) return;
  held = undefined;
  for (const ended of [...endings]) ended();
}
