import { addPermission, policyShown, removePermission } from '../../catalog/functions/policy.ts';
import { statementFrom } from '../../catalog/functions/statement.ts';
import { functionArn } from '../../catalog/names.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  optionalText,
  referenceOf,
} from '../operation.ts';
import { route } from '../route.ts';

const ALL = '/2015-03-31/functions/{FunctionName}/policy';
const ONE = '/2015-03-31/functions/{FunctionName}/policy/{StatementId}';

/** Resource policies: who may invoke a function besides its own account. */
export const POLICY_OPERATIONS: readonly ApiOperation[] = [
  { name: 'AddPermission', route: route('POST', ALL), run: add },
  { name: 'GetPolicy', route: route('GET', ALL), run: get },
  { name: 'RemovePermission', route: route('DELETE', ONE), run: remove },
];

async function add(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const body = bodyOf(request);
  const statement = statementFrom(body, functionArn(context.catalog.account, name, qualifier));
  await addPermission(context.catalog, name, qualifier, statement, optionalText(body, 'RevisionId'));
  return jsonAnswer(201, { Statement: JSON.stringify(statement) });
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name, qualifier } = referenceOf(request, reference);
  const { text, revisionId } = policyShown(context.catalog, name, qualifier);
  return jsonAnswer(200, { Policy: text, RevisionId: revisionId });
}

async function remove(
  context: ApiContext,
  request: ApiRequest,
  [reference, sid = '']: string[],
): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const revisionId = request.query.get('RevisionId') ?? undefined;
  await removePermission(context.catalog, name, qualifier, sid, revisionId);
  return emptyAnswer(204);
}
