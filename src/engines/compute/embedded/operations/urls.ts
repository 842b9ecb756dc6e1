import { addPermission, createUrl, deleteUrl, urlOf } from '../catalog/aliases.ts';
import { recordOf } from '../catalog/functions.ts';
import { type FunctionReference, functionArn, functionReference } from '../catalog/names.ts';
import { invalidParameter, LambdaError, notInSet, notSupported } from '../errors.ts';
import { page, policyText, urlConfiguration } from '../wire.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
} from './operation.ts';
import { route } from './route.ts';

const URL_PATH = '/2021-10-31/functions/{FunctionName}/url';
const URLS_PATH = '/2021-10-31/functions/{FunctionName}/urls';
const POLICY_PATH = '/2015-03-31/functions/{FunctionName}/policy';

/** Function URLs, and the resource policies that make one public on AWS. */
export const URL_OPERATIONS: readonly ApiOperation[] = [
  { name: 'CreateFunctionUrlConfig', route: route('POST', URL_PATH), run: create },
  { name: 'GetFunctionUrlConfig', route: route('GET', URL_PATH), run: get },
  { name: 'DeleteFunctionUrlConfig', route: route('DELETE', URL_PATH), run: remove },
  { name: 'ListFunctionUrlConfigs', route: route('GET', URLS_PATH), run: list },
  { name: 'AddPermission', route: route('POST', POLICY_PATH), run: permit },
  { name: 'GetPolicy', route: route('GET', POLICY_PATH), run: policy },
];

async function create(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const body = bodyOf(request);
  if (body.AuthType === 'AWS_IAM') throw notSupported('AuthType AWS_IAM of a function URL');
  if (body.AuthType !== 'NONE') {
    throw notInSet(body.AuthType, 'authType', ['NONE', 'AWS_IAM']);
  }
  if (body.InvokeMode === 'RESPONSE_STREAM') throw notSupported('InvokeMode RESPONSE_STREAM');
  if (body.Cors && Object.keys(body.Cors).length > 0) throw notSupported('Cors of a function URL');
  const url = await createUrl(context.catalog, name, qualifier);
  const address = context.functionUrl(url.id);
  return jsonAnswer(201, urlConfiguration(context.catalog.account, name, url, address, { created: true }));
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name, qualifier } = referenceOf(request, reference);
  const url = urlOf(recordOf(context.catalog, name, qualifier), qualifier);
  const address = context.functionUrl(url.id);
  return jsonAnswer(200, urlConfiguration(context.catalog.account, name, url, address));
}

async function remove(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  await deleteUrl(context.catalog, name, qualifier);
  return emptyAnswer(204);
}

function list(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name } = referenceOf(request, reference);
  const { items, NextMarker } = page(recordOf(context.catalog, name).urls, request.query);
  const FunctionUrlConfigs = items.map((url) =>
    urlConfiguration(context.catalog.account, name, url, context.functionUrl(url.id)),
  );
  return jsonAnswer(200, { FunctionUrlConfigs, NextMarker });
}

async function permit(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const { StatementId, Action, Principal, ...rest } = bodyOf(request);
  if (typeof StatementId !== 'string' || !/^[a-zA-Z0-9-_]{1,100}$/.test(StatementId)) {
    throw invalidParameter('StatementId must be 1 to 100 letters, digits, - and _');
  }
  if (typeof Action !== 'string' || typeof Principal !== 'string') {
    throw invalidParameter('Action and Principal are required');
  }
  const statement = {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { Service: Principal },
    Action,
    Resource: functionArn(context.catalog.account, name, qualifier),
    ...conditionOf(rest),
  };
  await addPermission(context.catalog, name, { sid: StatementId, alias: qualifier, statement });
  return jsonAnswer(201, { Statement: JSON.stringify(statement) });
}

function conditionOf(body: Record<string, unknown>): object {
  const equal: Record<string, unknown> = {};
  if (body.FunctionUrlAuthType) equal['lambda:FunctionUrlAuthType'] = body.FunctionUrlAuthType;
  if (body.SourceAccount) equal['AWS:SourceAccount'] = body.SourceAccount;
  return Object.keys(equal).length > 0 ? { Condition: { StringEquals: equal } } : {};
}

function policy(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name, qualifier } = referenceOf(request, reference);
  const record = recordOf(context.catalog, name, qualifier);
  const Policy = policyText(record, qualifier);
  if (Policy === undefined) {
    throw new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.');
  }
  return jsonAnswer(200, { Policy, RevisionId: record.latest.revisionId });
}

function referenceOf(request: ApiRequest, reference = ''): FunctionReference {
  return functionReference(reference, request.query.get('Qualifier'));
}
