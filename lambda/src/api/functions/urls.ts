import { corsFrom } from '../../catalog/functions/cors.ts';
import { createUrl, deleteUrl, updateUrl, urlOf } from '../../catalog/functions/urls.ts';
import { recordOf } from '../../catalog/functions.ts';
import type { UrlRecord } from '../../catalog/records.ts';
import { notInSet } from '../../errors.ts';
import { MAX_URLS_ASKED } from '../../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  referenceOf,
} from '../operation.ts';
import { page } from '../page.ts';
import { route } from '../route.ts';
import { urlConfiguration } from '../wire.ts';

type UrlSettings = Pick<UrlRecord, 'authType' | 'cors' | 'invokeMode'>;

const URL_PATH = '/2021-10-31/functions/{FunctionName}/url';
const URLS_PATH = '/2021-10-31/functions/{FunctionName}/urls';
const AUTH_TYPES = ['NONE', 'AWS_IAM'] as const;
const INVOKE_MODES = ['BUFFERED', 'RESPONSE_STREAM'] as const;

export const URL_OPERATIONS: readonly ApiOperation[] = [
  { name: 'CreateFunctionUrlConfig', route: route('POST', URL_PATH), run: create },
  { name: 'GetFunctionUrlConfig', route: route('GET', URL_PATH), run: get },
  { name: 'UpdateFunctionUrlConfig', route: route('PUT', URL_PATH), run: update },
  { name: 'DeleteFunctionUrlConfig', route: route('DELETE', URL_PATH), run: remove },
  { name: 'ListFunctionUrlConfigs', route: route('GET', URLS_PATH), run: list },
];

async function create(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const body = bodyOf(request);
  const authType = authTypeOf(body);
  if (!authType) throw notInSet(body.AuthType, 'authType', [...AUTH_TYPES]);
  const settings: UrlSettings = {
    authType,
    cors: corsFrom(body.Cors ?? {}),
    invokeMode: invokeModeOf(body) ?? 'BUFFERED',
  };
  const url = await createUrl(context.catalog, name, qualifier, settings);
  const address = context.functionUrl(url.id);
  return jsonAnswer(201, urlConfiguration(context.catalog.account, name, url, address, { created: true }));
}

async function update(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const body = bodyOf(request);
  const authType = authTypeOf(body);
  const invokeMode = invokeModeOf(body);
  const change = {
    ...(body.Cors != null && { cors: corsFrom(body.Cors) }),
    ...(authType && { authType }),
    ...(invokeMode && { invokeMode }),
  };
  const url = await updateUrl(context.catalog, name, qualifier, change);
  const address = context.functionUrl(url.id);
  return jsonAnswer(200, urlConfiguration(context.catalog.account, name, url, address));
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
  const { urls } = recordOf(context.catalog, name);
  const one = { name: 'ListFunctionUrlConfigs', items: urls, keyOf: urlKey, mostAsked: MAX_URLS_ASKED };
  const { items, NextMarker } = page(one, request.query);
  const FunctionUrlConfigs = items.map((url) =>
    urlConfiguration(context.catalog.account, name, url, context.functionUrl(url.id)),
  );
  return jsonAnswer(200, { FunctionUrlConfigs, NextMarker });
}

function urlKey({ alias = '' }: UrlRecord): string {
  return alias;
}

/** A member that names one of `values`; undefined when it is absent. Throws InvalidParameterValueException. */
function oneOf<Value extends string>(
  value: unknown,
  member: string,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || value === null) return undefined;
  const known = values.find((each) => each === value);
  if (!known) throw notInSet(value, member, [...values]);
  return known;
}

const authTypeOf = ({ AuthType }: Record<string, unknown>) => oneOf(AuthType, 'authType', AUTH_TYPES);
const invokeModeOf = ({ InvokeMode }: Record<string, unknown>) =>
  oneOf(InvokeMode, 'invokeMode', INVOKE_MODES);
