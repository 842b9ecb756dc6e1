/**
 * The check that keeps a web page in the developer's browser from driving the control room: the Host must be one we
 * answer to (against DNS rebinding) and an Origin, where the browser sends one, must be our own.
 */
export interface OriginPolicy {
  /** Names and addresses we answer to besides loopback, without port. */
  hosts: readonly string[];
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
const FUNCTION_URL = /^[a-z0-9]+\.lambda-url\.localhost$/;

/** `host[:port]` of a Host header, lower case; undefined when it is missing or malformed. */
function hostName(header: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.exec(header ?? '');
  return match?.[1]?.toLowerCase();
}

export function hostAllowed(header: string | undefined, policy: OriginPolicy): boolean {
  const name = hostName(header);
  if (name === undefined) return false;
  return LOOPBACK.includes(name) || policy.hosts.includes(name) || FUNCTION_URL.test(name);
}

/** Whether a request with this Origin (undefined: none was sent) to this Host may reach the API. */
export function originAllowed(
  origin: string | undefined,
  host: string | undefined,
  policy: OriginPolicy,
): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { host: originHost, hostname } = new URL(origin);
  const known = LOOPBACK.includes(hostname) || policy.hosts.includes(hostname);
  return known && portOf(originHost) === portOf(host ?? '');
}

function portOf(host: string): string {
  return /:(\d+)$/.exec(host)?.[1] ?? '';
}
