import { type CatalogContext, recordOf, versionNumbered, versionOf } from '../catalog/functions.ts';
import { functionArn } from '../catalog/names.ts';
import type { AliasRecord, VersionRecord } from '../catalog/records.ts';
import type { Units } from '../ports.ts';
import type { InvokeInput } from './invocations.ts';

export interface RoutingContext {
  catalog: CatalogContext;
  /** A number in [0, 1) for each routing decision. */
  draw(): number;
  /** Undefined leaves every decision to `draw`. */
  units: Units | undefined;
}

/** Finds the unit that an invocation is for. Called only where weights choose a version and units are known. */
export type UnitOf = (units: Units) => string | undefined;

const nobody: UnitOf = () => undefined;

/** Finds the unit in a client context, JSON. */
export function unitIn(clientContext: () => string | undefined): UnitOf {
  return (units) => {
    const text = clientContext();
    return text === undefined ? undefined : units.ofClientContext(JSON.parse(text));
  };
}

/** The version that this invocation runs on. Throws ResourceNotFoundException. */
export function routed(
  context: RoutingContext,
  name: string,
  qualifier: string | undefined,
  unitOf = nobody,
): VersionRecord {
  const record = recordOf(context.catalog, name, qualifier);
  const { version, alias } = versionOf(context.catalog, record, qualifier);
  if (!alias) return version;
  return versionNumbered(record, routedVersion(alias, name, unitOf, context)) ?? version;
}

/**
 * What an invocation of a function by name and qualifier runs, whoever asks for it: an alias' weights decide. Throws
 * ResourceNotFoundException.
 */
export function routedInput(
  context: RoutingContext,
  name: string,
  qualifier: string | undefined,
  unitOf = nobody,
): Pick<InvokeInput, 'record' | 'version' | 'functionArn'> {
  return {
    record: recordOf(context.catalog, name, qualifier),
    version: routed(context, name, qualifier, unitOf),
    functionArn: functionArn(context.catalog.account, name, qualifier),
  };
}

/**
 * The version that one invocation of a function's alias runs on: an additional version gets the share that its weight
 * says, the alias' own version the rest. Where `units` knows the unit, it always meets the same version and stays with an
 * additional one while its weight grows; otherwise `draw` decides, as it always does on AWS.
 * Source: AWS, "Implement Lambda canary deployments using a weighted alias".
 */
export function routedVersion(
  alias: Pick<AliasRecord, 'name' | 'version' | 'weights'>,
  functionName: string,
  unitOf: UnitOf,
  { draw, units }: Pick<RoutingContext, 'draw' | 'units'>,
): string {
  // There is one at most: AWS allows no more, and neither does our catalog.
  for (const [version, weight] of Object.entries(alias.weights)) {
    const unit = units && unitOf(units);
    const salt = `${functionName}:${alias.name}:${version}`;
    const isSent = unit === undefined ? draw() < weight : units?.isInShare(salt, unit, weight);
    if (isSent) return version;
  }
  return alias.version;
}
