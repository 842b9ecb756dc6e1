/** What happens to a request that the handler makes: it carries the trace and the unit on, and may be struck. */
import { config } from '../config.ts';
import type { Invocation } from '../context.ts';
import type { Fault } from '../core/lease.ts';
import { validLease } from './leases.ts';

/** Whom a request is for: the host name as the caller gave it, lower case without brackets, and the port. */
export interface Target {
  host: string;
  port: number;
}

/** A `host`, `host:port`, `[address]` or `[address]:port`; the port is `defaultPort` where none is given. */
export function readTarget(text: string, defaultPort: number): Target {
  const match = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(text);
  const host = match?.[1] ?? text;
  return {
    host: host.replace(/^\[|\]$/g, '').toLowerCase(),
    port: match?.[2] === undefined ? defaultPort : Number(match[2]),
  };
}

/** Whether a lease's `dependency` (with a port: that port only) names the target. */
export function isDependency(dependency: string, target: Target): boolean {
  const named = readTarget(dependency, target.port);
  return named.host === target.host && named.port === target.port;
}

/**
 * The fault to inject into a request to `target`, or undefined. A unit meets its arm here, in treatment and in control
 * alike: this is what makes the two comparable.
 */
export function meetDependency(invocation: Invocation, target: Target): Fault | undefined {
  const lease = validLease();
  const dependency = lease?.fault.dependency;
  if (lease === undefined || dependency === undefined || !isDependency(dependency, target)) return undefined;
  if (isOurs(target)) return undefined;
  const assignment = invocation.assignTo(lease);
  if (assignment === undefined) return undefined;
  invocation.exposed = true;
  return assignment.arm === 'treatment' ? lease.fault : undefined;
}

/** Whether a request to `target` is to carry the trace and the unit: AWS's own services and the platform have no use for them. */
export function carriesContext(target: Target): boolean {
  return !/(^|\.)amazonaws\.com(\.cn)?$/.test(target.host) && !isOurs(target);
}

/** The error of a refused connection, as the network would have made it. */
export function refusal(target: Target, message: string): Error {
  const details = { code: 'ECONNREFUSED', syscall: 'connect', address: target.host, port: target.port };
  return Object.assign(new Error(`connect ECONNREFUSED ${target.host}:${target.port} (${message})`), details);
}

const DEFAULT_PORTS: Record<string, number> = { 'http:': 80, 'https:': 443 };

export function defaultPort(protocol: string | undefined): number {
  return DEFAULT_PORTS[protocol ?? ''] ?? 80;
}

const ours: Target[] = [];
if (config.runtimeApi !== undefined) ours.push(readTarget(config.runtimeApi, 80));
if (config.control !== undefined) {
  ours.push(readTarget(config.control.url.host, defaultPort(config.control.url.protocol)));
}

/** The control room and the runtime API: a fault on them would cut the line that ends faults. */
function isOurs(target: Target): boolean {
  return ours.some((own) => own.host === target.host && own.port === target.port);
}
