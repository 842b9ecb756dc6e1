import { randomUUID } from 'node:crypto';
import { LambdaError } from '../errors.ts';
import { MAX_FUNCTIONS, MAX_VERSIONS } from '../limits.ts';
import type { Clock } from '../ports.ts';
import { type Account, functionArn, parseQualifier } from './names.ts';
import {
  type AliasRecord,
  type FunctionRecord,
  LATEST,
  type LayerRecord,
  type Settings,
  type VersionRecord,
} from './records.ts';
import type { CodePackage } from './storage/packages.ts';
import type { RecordFiles } from './storage/record-files.ts';
import type { CatalogStore } from './storage/store.ts';

export interface CatalogContext {
  store: CatalogStore;
  layers: RecordFiles<LayerRecord>;
  account: Account;
  clock: Clock;
  /** Called when a version's execution environments must not serve any more. */
  onReplaced(name: string, version: VersionRecord): void;
  /** Called when other execution environments are to be provisioned than before. */
  onProvisioned(record: FunctionRecord): Promise<void>;
}

/** AWS's form of time in this API: `2026-01-31T12:00:00.000+0000`. */
export function awsTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '+0000');
}

export function recordOf(context: CatalogContext, name: string, qualifier?: string): FunctionRecord {
  const record = context.store.get(name);
  if (!record) throw notFound(context.account, name, qualifier);
  return record;
}

function notFound(account: Account, name: string, qualifier?: string): LambdaError {
  const arn = functionArn(account, name, qualifier);
  return new LambdaError('ResourceNotFoundException', `Function not found: ${arn}`);
}

/** The version a qualifier stands for; an alias stands for its own version (weights matter on invocation only). */
export function versionOf(
  context: CatalogContext,
  record: FunctionRecord,
  qualifier: string | undefined,
): { version: VersionRecord; alias: AliasRecord | undefined } {
  const parsed = parseQualifier(qualifier);
  if (parsed.kind === 'latest') return { version: record.latest, alias: undefined };
  const alias = parsed.kind === 'alias' ? record.aliases.find((a) => a.name === parsed.alias) : undefined;
  const number = parsed.kind === 'version' ? parsed.version : alias?.version;
  const version = number === undefined ? undefined : versionNumbered(record, number);
  if (!version) throw notFound(context.account, record.name, qualifier);
  return { version, alias };
}

export function versionNumbered(record: FunctionRecord, version: string): VersionRecord | undefined {
  return version === LATEST ? record.latest : record.versions.find((v) => v.version === version);
}

export async function createFunction(
  context: CatalogContext,
  name: string,
  settings: Settings,
  code: CodePackage,
  tags: Record<string, string>,
): Promise<FunctionRecord> {
  return await context.store.exclusive(name, async () => {
    if (context.store.get(name)) {
      throw new LambdaError('ResourceConflictException', `Function already exist: ${name}`);
    }
    if (context.store.size >= MAX_FUNCTIONS) {
      throw new LambdaError('CodeStorageExceededException', `There are ${MAX_FUNCTIONS} functions already.`);
    }
    const record: FunctionRecord = {
      format: 1,
      name,
      latest: { ...settings, ...code, ...stamp(context), version: LATEST },
      versions: [],
      nextVersion: 1,
      aliases: [],
      urls: [],
      policies: [],
      provisioned: [],
      eventConfigs: [],
      tags,
    };
    await context.store.save(record);
    return record;
  });
}

/** Replaces code or settings of `$LATEST`. `revisionId` guards against a lost update (412 when it differs). */
export async function updateLatest(
  context: CatalogContext,
  name: string,
  change: (latest: VersionRecord) => Partial<VersionRecord>,
  revisionId?: string,
): Promise<FunctionRecord> {
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name);
    checkRevision(record.latest.revisionId, revisionId);
    const latest = { ...record.latest, ...change(record.latest), ...stamp(context), version: LATEST };
    const next = { ...record, latest };
    await context.store.save(next);
    context.onReplaced(name, record.latest);
    return next;
  });
}

export interface PublishInput {
  codeSha256?: string | undefined;
  revisionId?: string | undefined;
  description?: string | undefined;
}

/** Publishes `$LATEST`, or returns the newest version when code and settings did not change since. */
export async function publishVersion(
  context: CatalogContext,
  name: string,
  input: PublishInput,
): Promise<VersionRecord> {
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name);
    checkRevision(record.latest.revisionId, input.revisionId);
    if (input.codeSha256 && input.codeSha256 !== record.latest.codeSha256) {
      throw new LambdaError(
        'InvalidParameterValueException',
        `CodeSHA256 (${input.codeSha256}) is different from current CodeSHA256 in $LATEST (${record.latest.codeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
      );
    }
    const newest = record.versions.at(-1);
    if (newest && fingerprint(newest) === fingerprint(record.latest)) return newest;
    if (record.versions.length >= MAX_VERSIONS) {
      throw new LambdaError(
        'CodeStorageExceededException',
        `The function ${name} has ${MAX_VERSIONS} versions.`,
      );
    }
    const version: VersionRecord = {
      ...record.latest,
      ...stamp(context),
      version: String(record.nextVersion),
      description: input.description || record.latest.description,
    };
    await context.store.save({
      ...record,
      versions: [...record.versions, version],
      nextVersion: record.nextVersion + 1,
    });
    return version;
  });
}

/** Deletes the function, or one published version of it that no alias uses. */
export async function deleteFunction(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
): Promise<void> {
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    if (qualifier !== undefined) return await deleteVersion(context, record, qualifier);
    await context.store.remove(name);
    for (const version of [record.latest, ...record.versions]) context.onReplaced(name, version);
  });
}

async function deleteVersion(context: CatalogContext, record: FunctionRecord, qualifier: string) {
  if (parseQualifier(qualifier).kind !== 'version') {
    throw new LambdaError(
      'InvalidParameterValueException',
      '$LATEST version cannot be deleted without deleting the function, and an alias is deleted with DeleteAlias.',
    );
  }
  const { version } = versionOf(context, record, qualifier);
  const user = record.aliases.find((a) => a.version === qualifier || qualifier in a.weights);
  if (user) {
    throw new LambdaError(
      'ResourceConflictException',
      `Version ${qualifier} is used by the alias ${user.name}; move the alias first.`,
    );
  }
  const versions = record.versions.filter((v) => v !== version);
  await context.store.save({ ...withoutQualifier(record, qualifier), versions });
  context.onReplaced(record.name, version);
}

/** A function without what belongs to one of its versions or aliases: URL, policy, configurations. */
export function withoutQualifier(record: FunctionRecord, qualifier: string): FunctionRecord {
  const others = <One extends { qualifier?: string | undefined }>(all: One[]) =>
    all.filter((one) => one.qualifier !== qualifier);
  return {
    ...record,
    urls: record.urls.filter(({ alias }) => alias !== qualifier),
    policies: others(record.policies),
    eventConfigs: others(record.eventConfigs),
    provisioned: others(record.provisioned),
  };
}

export function checkRevision(present: string, expected: string | undefined): void {
  if (expected === undefined || expected === present) return;
  throw new LambdaError(
    'PreconditionFailedException',
    'The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId',
  );
}

function stamp(context: CatalogContext): { lastModified: string; revisionId: string } {
  return { lastModified: awsTime(context.clock.now()), revisionId: randomUUID() };
}

/** Everything that makes two versions different to whoever invokes them. */
function fingerprint(version: VersionRecord): string {
  const { version: _, description, lastModified, revisionId, codeSizeBytes, environment, ...rest } = version;
  return JSON.stringify([Object.entries(environment).sort(), Object.entries(rest).sort()]);
}
