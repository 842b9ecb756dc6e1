import { networkInterfaces } from 'node:os';

const WILDCARDS: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };

/** A bound address as it stands in a URL; for "every address" the loopback one, by which we reach ourselves. */
export function hostInUrl(bound: string): string {
  return WILDCARDS[bound] ?? inHeader(bound);
}

/**
 * The names that a control room bound to `bound` answers to besides loopback: that address, for "every address" those
 * of this machine's interfaces, and the names that it was told. Never simply any name: that would let a web page in by
 * DNS rebinding.
 */
export function answeredHosts(bound: string, named: readonly string[]): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) =>
    (all ?? []).map(({ address }) => address),
  );
  return [...(bound in WILDCARDS ? addresses : [bound]), ...named].map(inHeader);
}

/** As in a Host header: lower case, IPv6 in brackets and without a zone. */
function inHeader(host: string): string {
  const plain = host.toLowerCase().replace(/%.*$/, '');
  return plain.includes(':') && !plain.startsWith('[') ? `[${plain}]` : plain;
}
