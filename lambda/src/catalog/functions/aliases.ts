import { randomUUID } from 'node:crypto';
import { invalidParameter, LambdaError } from '../../errors.ts';
import { MAX_ALIASES } from '../../limits.ts';
import { checkProvisioned } from '../concurrency/provisioned.ts';
import {
  type CatalogContext,
  checkRevision,
  recordOf,
  versionNumbered,
  withoutQualifier,
} from '../functions.ts';
import { functionArn, isAliasName } from '../names.ts';
import { type AliasRecord, type FunctionRecord, LATEST } from '../records.ts';

export interface AliasInput {
  version?: string | undefined;
  weights?: Record<string, number> | undefined;
  description?: string | undefined;
  revisionId?: string | undefined;
}

export async function createAlias(
  context: CatalogContext,
  name: string,
  alias: unknown,
  input: AliasInput,
): Promise<AliasRecord> {
  if (!isAliasName(alias)) {
    throw invalidParameter(`'${String(alias)}' is no alias name: letters, digits, - and _, not digits alone`);
  }
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name);
    if (record.aliases.some((a) => a.name === alias)) {
      const arn = functionArn(context.account, name, alias);
      throw new LambdaError('ResourceConflictException', `Alias already exists: ${arn}`);
    }
    if (record.aliases.length >= MAX_ALIASES) {
      throw invalidParameter(`The function ${name} has ${MAX_ALIASES} aliases.`);
    }
    const created = checkedAlias(context, record, {
      name: alias,
      version: input.version ?? '',
      weights: input.weights ?? {},
      description: input.description ?? '',
      revisionId: randomUUID(),
    });
    await context.store.save({ ...record, aliases: [...record.aliases, created] });
    return created;
  });
}

export async function updateAlias(
  context: CatalogContext,
  name: string,
  alias: string,
  input: AliasInput,
): Promise<AliasRecord> {
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name);
    const present = aliasOf(context, record, alias);
    checkRevision(present.revisionId, input.revisionId);
    const updated = checkedAlias(context, record, {
      name: alias,
      version: input.version ?? present.version,
      weights: input.weights ?? present.weights,
      description: input.description ?? present.description,
      revisionId: randomUUID(),
    });
    const aliases = record.aliases.map((a) => (a.name === alias ? updated : a));
    const moved = { ...record, aliases };
    checkProvisioned(moved, alias);
    await context.store.save(moved);
    await context.onProvisioned(moved);
    return updated;
  });
}

/**
 * Deletes the alias with its function URL, policy, configuration of events and provisioned concurrency; an alias that is
 * not there is no error, as in AWS.
 */
export async function deleteAlias(context: CatalogContext, name: string, alias: string): Promise<void> {
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name);
    const aliases = record.aliases.filter((a) => a.name !== alias);
    const without = { ...withoutQualifier(record, alias), aliases };
    await context.store.save(without);
    await context.onProvisioned(without);
  });
}

export function aliasOf(context: CatalogContext, record: FunctionRecord, alias: string): AliasRecord {
  const found = record.aliases.find((a) => a.name === alias);
  if (found) return found;
  const arn = functionArn(context.account, record.name, alias);
  throw new LambdaError('ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
}

function checkedAlias(context: CatalogContext, record: FunctionRecord, alias: AliasRecord): AliasRecord {
  for (const version of [alias.version, ...Object.keys(alias.weights)]) {
    if (versionNumbered(record, version)) continue;
    const arn = functionArn(context.account, record.name, version);
    throw new LambdaError('ResourceNotFoundException', `Function not found: ${arn}`);
  }
  const weights = Object.entries(alias.weights);
  if (weights.length > 1) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be > 1');
  for (const [version, weight] of weights) {
    if (typeof weight !== 'number' || !(weight >= 0 && weight <= 1)) {
      throw invalidParameter(`The weight of version ${version} must be a number from 0.0 to 1.0`);
    }
    if (alias.version === LATEST || version === LATEST) {
      throw invalidParameter('$LATEST is not supported for an alias pointing to more than 1 version');
    }
    if (version === alias.version) {
      throw invalidParameter(
        `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
      );
    }
  }
  return alias;
}
