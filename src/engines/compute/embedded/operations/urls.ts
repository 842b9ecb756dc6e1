import { corsFrom } from '../catalog/cors.ts';
import { recordOf } from '../catalog/functions.ts';
import type { UrlRecord } from '../catalog/records.ts';
import { createUrl, deleteUrl, updateUrl, urlOf } from '../catalog/urls.ts';
import { notInSet, notSupported } from '../errors.ts';
import { MOST_URLS_ASKED } from '../limits.ts';
import { urlConfiguration } from '../wire.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  referenceOf,
} from './operation.ts';
import { page } from './page.ts';
import { route } from './route.ts';

const URL_PATH = '/2021-10-31/functions/{FunctionName}/url';
const URLS_PATH = '/2021-10-31/functions/{FunctionName}/urls';
const AUTH_TYPES = ['NONE', 'AWS_IAM'];
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
  if (body.AuthType == null) throw notInSet(body.AuthType, 'authType', AUTH_TYPES);
  checkUrl(body);
  const invokeMode = invokeModeOf(body) ?? 'BUFFERED';
  const url = await createUrl(context.catalog, name, qualifier, {
    cors: corsFrom(body.Cors ?? {}),
    invokeMode,
  });
  const address = context.functionUrl(url.id);
  return jsonAnswer(201, urlConfiguration(context.catalog.account, name, url, address, { created: true }));
}

async function update(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  const body = bodyOf(request);
  checkUrl(body);
  const invokeMode = invokeModeOf(body);
  const change = {
    ...(body.Cors != null && { cors: corsFrom(body.Cors) }),
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
  const urls = recordOf(context.catalog, name).urls.toSorted((a, b) => (urlKey(a) < urlKey(b) ? -1 : 1));
  const one = { name: 'ListFunctionUrlConfigs', items: urls, keyOf: urlKey, mostAsked: MOST_URLS_ASKED };
  const { items, NextMarker } = page(one, request.query);
  const FunctionUrlConfigs = items.map((url) =>
    urlConfiguration(context.catalog.account, name, url, context.functionUrl(url.id)),
  );
  return jsonAnswer(200, { FunctionUrlConfigs, NextMarker });
}

function urlKey({ alias = '' }: UrlRecord): string {
  return alias;
}

/** Public URLs are all there is yet. */
function checkUrl({ AuthType }: Record<string, unknown>): void {
  if (AuthType === 'AWS_IAM') throw notSupported('AuthType AWS_IAM of a function URL');
  if (AuthType != null && AuthType !== 'NONE') throw notInSet(AuthType, 'authType', AUTH_TYPES);
}

function invokeModeOf({ InvokeMode }: Record<string, unknown>): UrlRecord['invokeMode'] | undefined {
  if (InvokeMode == null) return undefined;
  const mode = INVOKE_MODES.find((each) => each === InvokeMode);
  if (!mode) throw notInSet(InvokeMode, 'invokeMode', [...INVOKE_MODES]);
  return mode;
}
