import { type CatalogContext, recordOf, versionNumbered, versionOf } from './catalog/functions.ts';
import type { AliasRecord, VersionRecord } from './catalog/records.ts';

export interface RoutingContext {
  catalog: CatalogContext;
  /** A number in [0, 1) for each routing decision. */
  draw(): number;
}

/** The version that this invocation runs on. Throws ResourceNotFoundException. */
export function routed(context: RoutingContext, name: string, qualifier: string | undefined): VersionRecord {
  const record = recordOf(context.catalog, name, qualifier);
  const { version, alias } = versionOf(context.catalog, record, qualifier);
  if (!alias) return version;
  return versionNumbered(record, routedVersion(alias, context.draw())) ?? version;
}

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
