import type { AliasRecord } from './catalog/records.ts';

/**
 * The version that one invocation of the alias runs on: each additional version takes its weight's share of `draw`
 * (uniform in [0, 1)), the alias' own version the rest.
 * Source: AWS, "Implement Lambda canary deployments using a weighted alias".
 */
export function routedVersion(alias: Pick<AliasRecord, 'version' | 'weights'>, draw: number): string {
  let below = 0;
  for (const [version, weight] of Object.entries(alias.weights)) {
    below += weight;
    if (draw < below) return version;
  }
  return alias.version;
}
