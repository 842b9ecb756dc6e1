import { randomUUID } from 'node:crypto';
import { invalidParameter, LambdaError } from '../../errors.ts';
import {
  checkPatterns,
  documentOf,
  statementFrom,
  withoutStatement,
  withStatement,
} from '../functions/statement.ts';
import type { CatalogContext } from '../functions.ts';
import type { LayerVersionRecord, Statement } from '../records.ts';
import { layerVersionArn, noSuchLayerVersion } from './layer-names.ts';
import { layerVersion } from './layers.ts';

type Wire = Record<string, unknown>;
type Policy = NonNullable<LayerVersionRecord['policy']>;

/** What a layer version's statement must be, besides what every statement must. */
const PATTERNS: Record<string, RegExp> = {
  Action: /^lambda:GetLayerVersion$/,
  Principal: /^(\d{12}|\*|arn:aws[a-zA-Z-]*:iam::\d{12}:root)$/,
  OrganizationId: /^o-[a-z0-9]{10,32}$/,
};

/**
 * The statement that the members of AddLayerVersionPermission stand for. Throws InvalidParameterValueException.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html
 */
export function layerStatementFrom(request: Wire, arn: string): Statement {
  checkPatterns(request, PATTERNS);
  const { StatementId, Action, Principal, OrganizationId } = request;
  if (OrganizationId != null && Principal !== '*') {
    throw invalidParameter('OrganizationId is only supported with the principal *');
  }
  return statementFrom({ StatementId, Action, Principal, PrincipalOrgID: OrganizationId }, arn);
}

/** Adds a statement to the policy of a layer version and returns the policy's new revision. */
export async function addLayerPermission(
  context: CatalogContext,
  name: string,
  version: number,
  statement: Statement,
  revisionId: string | undefined,
): Promise<string> {
  return await change(context, name, version, revisionId, (present) => withStatement(present, statement));
}

/** Removes one statement; 404 when there is none with this id. */
export async function removeLayerPermission(
  context: CatalogContext,
  name: string,
  version: number,
  sid: string,
  revisionId: string | undefined,
): Promise<void> {
  await change(context, name, version, revisionId, (present) => withoutStatement(present, sid));
}

/** The document as text and its revision. 404 when the layer version has no policy. */
export function layerPolicyShown(
  context: CatalogContext,
  name: string,
  version: number,
): { text: string; revisionId: string } {
  const { policy } = requiredVersion(context, name, version);
  if (policy) return { text: documentOf(policy.statements), revisionId: policy.revisionId };
  throw new LambdaError('ResourceNotFoundException', 'No policy is associated with the given resource.');
}

async function change(
  context: CatalogContext,
  name: string,
  version: number,
  revisionId: string | undefined,
  next: (statements: Statement[]) => Statement[],
): Promise<string> {
  return await context.layers.exclusive(name, async () => {
    const { policy: present } = requiredVersion(context, name, version);
    checkRevision(present, revisionId);
    const statements = next(present?.statements ?? []);
    const policy = { revisionId: randomUUID(), statements };
    await save(context, name, version, statements.length > 0 ? policy : undefined);
    return policy.revisionId;
  });
}

async function save(context: CatalogContext, name: string, version: number, policy: Policy | undefined) {
  const record = context.layers.get(name);
  if (!record) return;
  const versions = record.versions.map((one) => (one.version === version ? { ...one, policy } : one));
  await context.layers.save({ ...record, versions });
}

function requiredVersion(context: CatalogContext, name: string, version: number): LayerVersionRecord {
  const found = layerVersion(context, name, version);
  if (found) return found;
  throw noSuchLayerVersion(layerVersionArn(context.account, name, version));
}

function checkRevision(policy: Policy | undefined, expected: string | undefined): void {
  if (expected === undefined || expected === policy?.revisionId) return;
  throw new LambdaError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id',
  );
}
