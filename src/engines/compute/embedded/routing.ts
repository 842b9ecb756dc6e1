import { type CatalogContext, recordOf, versionNumbered, versionOf } from './catalog/functions.ts';
import { functionArn } from './catalog/names.ts';
import type { AliasRecord, VersionRecord } from './catalog/records.ts';
import type { InvokeInput } from './invocations.ts';

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
 * What an invocation of a function by name and qualifier runs, whoever asks for it: an alias' weights are drawn. Throws
 * ResourceNotFoundException.
 */
export function routedInput(
  context: RoutingContext,
  name: string,
  qualifier: string | undefined,
): Pick<InvokeInput, 'name' | 'version' | 'functionArn' | 'reservedConcurrency'> {
  return {
    name,
    version: routed(context, name, qualifier),
    functionArn: functionArn(context.catalog.account, name, qualifier),
    reservedConcurrency: recordOf(context.catalog, name, qualifier).reservedConcurrency,
  };
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
