import { assign } from '../../../sdk/src/core/assignment.ts';
import { unitOfClientContext } from '../../../sdk/src/core/unit.ts';
import { type CatalogContext, recordOf, versionNumbered, versionOf } from '../catalog/functions.ts';
import { functionArn } from '../catalog/names.ts';
import type { AliasRecord, VersionRecord } from '../catalog/records.ts';
import type { InvokeInput } from './invocations.ts';

export interface RoutingContext {
  catalog: CatalogContext;
  /** A number in [0, 1) for each routing decision. */
  draw(): number;
}

/** Finds the unit that an invocation is for; it is asked only where a version is chosen. */
export type UnitOf = () => string | undefined;

const nobody: UnitOf = () => undefined;

/** The unit that a client context, JSON, names. */
export function unitIn(clientContext: string | undefined): string | undefined {
  return clientContext === undefined ? undefined : unitOfClientContext(JSON.parse(clientContext));
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
  return versionNumbered(record, routedVersion(alias, name, unitOf, context.draw)) ?? version;
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
 * says, the alias' own version the rest. A unit always meets the same version, and stays with an additional one while
 * its weight grows; without a unit `draw` (uniform in [0, 1)) decides, as it always does on AWS.
 * Source: AWS, "Implement Lambda canary deployments using a weighted alias".
 */
export function routedVersion(
  alias: Pick<AliasRecord, 'name' | 'version' | 'weights'>,
  functionName: string,
  unitOf: UnitOf,
  draw: () => number,
): string {
  // There is one at most: AWS allows no more, and neither does our catalog.
  for (const [version, weight] of Object.entries(alias.weights)) {
    const unit = unitOf();
    const salt = `${functionName}:${alias.name}:${version}`;
    if (unit === undefined ? draw() < weight : assign(salt, unit, weight) === 'treatment') return version;
  }
  return alias.version;
}
