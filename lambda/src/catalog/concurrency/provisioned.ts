import { invalidParameter, LambdaError, violation } from '../../errors.ts';
import { MIN_UNRESERVED_CONCURRENCY } from '../../limits.ts';
import { type CatalogContext, recordOf, versionOf } from '../functions.ts';
import { parseQualifier } from '../names.ts';
import { type AliasRecord, type FunctionRecord, LATEST, type ProvisionedRecord } from '../records.ts';
import { heldBy, provisionedConcurrency, reservedConcurrency, sharing } from './reservation.ts';

/** A version or an alias of a function. */
export interface ProvisionedTarget {
  name: string;
  qualifier: string;
}

export interface ConcurrencyLimits {
  /** Invocations of all functions at a time. */
  account: number;
  /** Execution environments of one version at most. */
  perVersion: number;
}

/**
 * Provisions concurrency for a version or an alias, in place of what it had. Throws InvalidParameterValueException where
 * the function's reservation or the account does not have so much, or the alias splits its invocations, and
 * ResourceConflictException where the version is provisioned already.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html
 */
export async function putProvisioned(
  context: CatalogContext,
  { name, qualifier }: ProvisionedTarget,
  wanted: unknown,
  limits: ConcurrencyLimits,
): Promise<{ record: FunctionRecord; config: ProvisionedRecord }> {
  if (!Number.isInteger(wanted) || Number(wanted) < 1) {
    throw violation(wanted, 'provisionedConcurrentExecutions', 'have value greater than or equal to 1');
  }
  return await sharing(context, () =>
    context.store.exclusive(name, async () => {
      const record = recordOf(context, name, qualifier);
      checkUnsplit(versionOf(context, record, qualifier).alias);
      // A time without milliseconds, as AWS has it here.
      const lastModified = new Date(context.clock.now()).toISOString().replace(/\.\d+Z$/, '+0000');
      const config = { qualifier, requested: Number(wanted), lastModified };
      const next = { ...record, provisioned: [...without(record, qualifier), config] };
      checkProvisioned(next, qualifier);
      checkLimits(context, next, config.requested, limits);
      await context.store.save(next);
      await context.onProvisioned(next);
      return { record: next, config };
    }),
  );
}

/** Ends it; a version or an alias that has none is no error, as in AWS. */
export async function deleteProvisioned(context: CatalogContext, target: ProvisionedTarget): Promise<void> {
  const { name, qualifier } = target;
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    const { alias } = versionOf(context, record, qualifier);
    const provisioned = without(record, qualifier);
    if (provisioned.length === record.provisioned.length) return;
    checkUnsplit(alias);
    const next = { ...record, provisioned };
    await context.store.save(next);
    await context.onProvisioned(next);
  });
}

/** Throws ProvisionedConcurrencyConfigNotFoundException. */
export function provisionedOf(
  context: CatalogContext,
  { name, qualifier }: ProvisionedTarget,
): { record: FunctionRecord; config: ProvisionedRecord } {
  const record = recordOf(context, name, qualifier);
  versionOf(context, record, qualifier);
  const config = record.provisioned.find((one) => one.qualifier === qualifier);
  if (config) return { record, config };
  throw new LambdaError(
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
  );
}

/** Version -> how many of its environments are to be initialised, for all configurations of a function. */
export function provisionedVersions(record: Provisioning): Map<string, number> {
  return new Map(record.provisioned.flatMap((config) => [...sharesOf(record, config)]));
}

type Provisioning = Pick<FunctionRecord, 'provisioned' | 'aliases'>;

/** The same for one of them: an alias that splits its invocations splits its environments in the same way. */
export function sharesOf(
  { aliases }: Pick<FunctionRecord, 'aliases'>,
  { qualifier, requested }: ProvisionedRecord,
): Map<string, number> {
  const alias = aliases.find(({ name }) => name === qualifier);
  const shares = new Map([[alias?.version ?? qualifier, requested]]);
  for (const [version, weight] of Object.entries(alias?.weights ?? {})) {
    const share = Math.round(requested * weight);
    shares.set(version, share);
    shares.set(alias?.version ?? qualifier, requested - share);
  }
  return shares;
}

/**
 * Whether the versions that a configuration is for can have it: published ones, and each has one configuration at most,
 * its own or an alias'. Throws InvalidParameterValueException and ResourceConflictException.
 */
export function checkProvisioned(record: Provisioning, qualifier: string): void {
  const config = record.provisioned.find((one) => one.qualifier === qualifier);
  if (!config) return;
  const own = sharesOf(record, config);
  if (own.has(LATEST)) {
    throw invalidParameter(
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    );
  }
  const others = record.provisioned.filter((one) => one !== config);
  if (!others.some((other) => [...sharesOf(record, other).keys()].some((version) => own.has(version))))
    return;
  throw new LambdaError(
    'ResourceConflictException',
    parseQualifier(qualifier).kind === 'version'
      ? 'Version is pointed by a Provisioned Concurrency alias'
      : "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version",
  );
}

/** AWS's documentation: settings cannot be managed while a routing configuration is in place. */
function checkUnsplit(alias: AliasRecord | undefined): void {
  if (Object.keys(alias?.weights ?? {}).length === 0) return;
  throw invalidParameter('Alias with weights can not be used with Provisioned Concurrency');
}

function checkLimits(
  context: CatalogContext,
  next: FunctionRecord,
  requested: number,
  { account, perVersion }: ConcurrencyLimits,
): void {
  if (next.reservedConcurrency !== undefined && provisionedConcurrency(next) > next.reservedConcurrency) {
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    );
  }
  const others = reservedConcurrency(context) - heldBy(recordOf(context, next.name));
  const left = account - others - heldBy(next);
  if (left < 0) {
    throw invalidParameter(
      `Specified ConcurrentExecutions for function is greater than account's unreserved concurrency [${account - others}].`,
    );
  }
  if (left < MIN_UNRESERVED_CONCURRENCY) {
    throw invalidParameter(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MIN_UNRESERVED_CONCURRENCY}].`,
    );
  }
  if (requested > perVersion) {
    throw invalidParameter(
      `The embedded compute engine runs at most ${perVersion} execution environments of one version.`,
    );
  }
}

function without(record: FunctionRecord, qualifier: string): ProvisionedRecord[] {
  return record.provisioned.filter((config) => config.qualifier !== qualifier);
}
