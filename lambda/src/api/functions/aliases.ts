import {
  type AliasInput,
  aliasOf,
  createAlias,
  deleteAlias,
  updateAlias,
} from '../../catalog/functions/aliases.ts';
import { recordOf } from '../../catalog/functions.ts';
import { functionReference } from '../../catalog/names.ts';
import type { AliasRecord } from '../../catalog/records.ts';
import { invalidParameter } from '../../errors.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  optionalText,
} from '../operation.ts';
import { page } from '../page.ts';
import { route } from '../route.ts';
import { aliasConfiguration } from '../wire.ts';

const ALL = '/2015-03-31/functions/{FunctionName}/aliases';
const ONE = '/2015-03-31/functions/{FunctionName}/aliases/{Name}';

export const ALIAS_OPERATIONS: readonly ApiOperation[] = [
  { name: 'CreateAlias', route: route('POST', ALL), run: create },
  { name: 'ListAliases', route: route('GET', ALL), run: list },
  { name: 'GetAlias', route: route('GET', ONE), run: get },
  { name: 'UpdateAlias', route: route('PUT', ONE), run: update },
  { name: 'DeleteAlias', route: route('DELETE', ONE), run: remove },
];

async function create(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const name = nameOf(reference);
  const body = bodyOf(request);
  const alias = await createAlias(context.catalog, name, body.Name, aliasInput(body));
  return jsonAnswer(201, aliasConfiguration(context.catalog.account, name, alias));
}

function list(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const name = nameOf(reference);
  const version = request.query.get('FunctionVersion');
  const aliases = recordOf(context.catalog, name).aliases.filter(
    (alias) => version === null || alias.version === version || version in alias.weights,
  );
  const keyOf = (alias: AliasRecord) => alias.name;
  const { items, NextMarker } = page({ name: 'ListAliases', items: aliases, keyOf }, request.query);
  const Aliases = items.map((alias) => aliasConfiguration(context.catalog.account, name, alias));
  return jsonAnswer(200, { Aliases, NextMarker });
}

function get(context: ApiContext, _: ApiRequest, [reference, alias = '']: string[]): ApiAnswer {
  const name = nameOf(reference);
  const found = aliasOf(context.catalog, recordOf(context.catalog, name), alias);
  return jsonAnswer(200, aliasConfiguration(context.catalog.account, name, found));
}

async function update(
  context: ApiContext,
  request: ApiRequest,
  [reference, alias = '']: string[],
): Promise<ApiAnswer> {
  const name = nameOf(reference);
  const updated = await updateAlias(context.catalog, name, alias, aliasInput(bodyOf(request)));
  return jsonAnswer(200, aliasConfiguration(context.catalog.account, name, updated));
}

async function remove(
  context: ApiContext,
  _: ApiRequest,
  [reference, alias = '']: string[],
): Promise<ApiAnswer> {
  await deleteAlias(context.catalog, nameOf(reference), alias);
  return emptyAnswer(204);
}

function nameOf(reference = ''): string {
  return functionReference(reference, undefined).name;
}

function aliasInput(body: Record<string, unknown>): AliasInput {
  return {
    version: optionalText(body, 'FunctionVersion'),
    weights: weightsOf(body.RoutingConfig),
    description: optionalText(body, 'Description'),
    revisionId: optionalText(body, 'RevisionId'),
  };
}

/** Undefined keeps the weights there are; an empty routing configuration removes them. */
function weightsOf(routing: unknown): Record<string, number> | undefined {
  if (routing === undefined || routing === null) return undefined;
  const weights = (routing as { AdditionalVersionWeights?: unknown }).AdditionalVersionWeights ?? {};
  if (typeof weights !== 'object' || Array.isArray(weights)) {
    throw invalidParameter('RoutingConfig.AdditionalVersionWeights must map versions to weights');
  }
  return weights as Record<string, number>;
}
