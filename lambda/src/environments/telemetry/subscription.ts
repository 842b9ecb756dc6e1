import { TELEMETRY_BUFFERING } from '../../limits.ts';
import type { Category } from './platform-events.ts';

/** What an extension asks of the Telemetry API. */
export interface Subscription {
  schemaVersion: string;
  types: Category[];
  /** A batch is sent when one of these is reached. */
  maxItems: number;
  maxBytes: number;
  timeoutMs: number;
  /** On this machine's loopback address. */
  destination: { protocol: 'HTTP' | 'TCP'; port: number; path: string };
}

const SCHEMA_VERSIONS = ['2022-07-01', '2022-12-13', '2025-01-29'];
const TYPES: readonly unknown[] = ['platform', 'function', 'extension'];
/** The names by which an extension calls its own execution environment. */
const HOSTS = ['sandbox.localdomain', 'sandbox'];

/**
 * Reads the body of a subscription request. Returns what is wrong with it, in the form that the API has for several
 * faults: joined by semicolons.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api-reference.html
 */
export function subscriptionFrom(body: Buffer): Subscription | string {
  const request = objectOf(parsed(body));
  if (!request) return 'the body should be a JSON object';
  const faults: string[] = [];
  const { schemaVersion, types } = request;
  if (!SCHEMA_VERSIONS.includes(schemaVersion as string)) {
    faults.push(`schemaVersion should be one of ${SCHEMA_VERSIONS.join(', ')}`);
  }
  if (!Array.isArray(types) || types.length === 0) faults.push('types should not be empty');
  else if (!types.every((type) => TYPES.includes(type))) {
    faults.push(`types should be of ${TYPES.join(', ')}`);
  }
  const destination = destinationFrom(request.destination, faults);
  const buffering = bufferingFrom(request.buffering, faults);
  if (faults.length > 0 || !destination) return faults.join('; ');
  return {
    schemaVersion: schemaVersion as string,
    types: [...new Set(types as Category[])],
    ...buffering,
    destination,
  };
}

function destinationFrom(value: unknown, faults: string[]): Subscription['destination'] | undefined {
  const { protocol, URI, port } = objectOf(value) ?? {};
  if (protocol !== 'HTTP' && protocol !== 'TCP') {
    faults.push('destination.protocol should be HTTP or TCP');
    return undefined;
  }
  if (protocol === 'TCP' && isPort(port)) return { protocol, port, path: '/' };
  const url = typeof URI === 'string' ? URL.parse(URI) : null;
  if (!url || (protocol === 'HTTP' && url.protocol !== 'http:')) {
    faults.push(protocol === 'HTTP' ? 'URI should be an http URI' : 'port is not provided');
    return undefined;
  }
  if (!HOSTS.includes(url.hostname)) {
    faults.push(`URI host should be ${HOSTS[0]}`);
    return undefined;
  }
  // A port that is http's own is not written in a URL.
  const named = Number(url.port || (/^http:\/\/[^/]*:80(\/|$)/.test(URI as string) ? 80 : 0));
  if (!isPort(named)) {
    faults.push('URI port is not provided');
    return undefined;
  }
  return { protocol, port: named, path: url.pathname + url.search };
}

function bufferingFrom(value: unknown, faults: string[]) {
  const asked = objectOf(value ?? {});
  if (!asked) faults.push('buffering should be an object');
  const take = (name: keyof typeof TELEMETRY_BUFFERING): number => {
    const { least, most, usual } = TELEMETRY_BUFFERING[name];
    const number = asked?.[name] ?? usual;
    if (Number.isInteger(number) && Number(number) >= least && Number(number) <= most) return Number(number);
    faults.push(`buffering.${name} should be from ${least} to ${most}`);
    return usual;
  };
  return { maxItems: take('maxItems'), maxBytes: take('maxBytes'), timeoutMs: take('timeoutMs') };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
}
