import { randomUUID } from 'node:crypto';
import { invalidParameter, LambdaError } from '../../errors.ts';
import { type CatalogContext, checkRevision, recordOf, versionOf } from '../functions.ts';
import { parseQualifier } from '../names.ts';
import { type FunctionRecord, LATEST, type PolicyRecord, type Statement } from '../records.ts';
import { aliasOf } from './aliases.ts';
import { documentOf, withoutStatement, withStatement } from './statement.ts';

/**
 * Resource policies: one of the function, one of each of its versions and aliases. They are kept and shown; nothing
 * here asks them yet, because every caller has the same key.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 */
export async function addPermission(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
  statement: Statement,
  revisionId: string | undefined,
): Promise<void> {
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    checkRevision(revisionOf(context, record, qualifier), revisionId);
    const statements = policyOf(record, qualifier)?.statements ?? [];
    await save(context, record, qualifier, withStatement(statements, statement));
  });
}

/** Removes one statement; 404 when there is none with this id. */
export async function removePermission(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
  sid: string,
  revisionId: string | undefined,
): Promise<void> {
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    checkRevision(revisionOf(context, record, qualifier), revisionId);
    const policy = policyOf(record, qualifier);
    if (!policy) throw notFound('No policy is associated with the given resource.');
    await save(context, record, qualifier, withoutStatement(policy.statements, sid));
  });
}

/** The document as text and its revision. 404 when the function, version or alias has no policy. */
export function policyShown(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
): { text: string; revisionId: string } {
  const record = recordOf(context, name, qualifier);
  checkTarget(context, record, qualifier);
  const policy = policyOf(record, qualifier);
  if (!policy) throw notFound('The resource you requested does not exist.');
  return { text: documentOf(policy.statements), revisionId: policy.revisionId };
}

async function save(
  context: CatalogContext,
  record: FunctionRecord,
  qualifier: string | undefined,
  statements: Statement[],
): Promise<void> {
  const others = record.policies.filter((policy) => policy.qualifier !== qualifier);
  const changed = { qualifier, revisionId: randomUUID(), statements };
  await context.store.save({ ...record, policies: statements.length > 0 ? [...others, changed] : others });
}

function policyOf(record: FunctionRecord, qualifier: string | undefined): PolicyRecord | undefined {
  return record.policies.find((policy) => policy.qualifier === qualifier);
}

/** The revision that guards a policy; before there is one, that of what it will belong to. */
function revisionOf(context: CatalogContext, record: FunctionRecord, qualifier: string | undefined): string {
  const target = checkTarget(context, record, qualifier);
  return policyOf(record, qualifier)?.revisionId ?? target.revisionId;
}

/** What the policy belongs to. Throws when it is not there, or is `$LATEST`, which AWS gives no policy. */
function checkTarget(
  context: CatalogContext,
  record: FunctionRecord,
  qualifier: string | undefined,
): { revisionId: string } {
  if (qualifier === LATEST)
    throw invalidParameter('We currently do not support adding policies for $LATEST.');
  const parsed = parseQualifier(qualifier);
  if (parsed.kind === 'alias') return aliasOf(context, record, parsed.alias);
  return versionOf(context, record, qualifier).version;
}

function notFound(message: string): LambdaError {
  return new LambdaError('ResourceNotFoundException', message);
}
