import { tagsFrom } from '../../catalog/functions/tags.ts';
import {
  createFunction,
  deleteFunction,
  publishVersion,
  recordOf,
  updateLatest,
  versionOf,
} from '../../catalog/functions.ts';
import { layersFrom } from '../../catalog/layers/layers.ts';
import { functionReference } from '../../catalog/names.ts';
import type { LayerReference, VersionRecord } from '../../catalog/records.ts';
import { refuseUnhonoured } from '../../catalog/settings/fixed-settings.ts';
import { DEFAULTS, settingsFrom } from '../../catalog/settings/settings.ts';
import { notInSet, notSupported } from '../../errors.ts';
import { MAX_CODE_REQUEST_BYTES } from '../../limits.ts';
import { checkDeadLetter } from '../events/destinations.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
  latestOf,
  optionalText,
  referenceOf,
} from '../operation.ts';
import { page, versionKey } from '../page.ts';
import { route } from '../route.ts';
import { configuration } from '../wire.ts';
import { codeFrom } from './code.ts';

type Body = Record<string, unknown>;

const ALL = '/2015-03-31/functions';
const ONE = '/2015-03-31/functions/{FunctionName}';
const CONFIGURATION = '/2015-03-31/functions/{FunctionName}/configuration';
const CODE = '/2015-03-31/functions/{FunctionName}/code';

export const FUNCTION_OPERATIONS: readonly ApiOperation[] = [
  {
    name: 'CreateFunction',
    route: route('POST', ALL),
    largestBodyBytes: MAX_CODE_REQUEST_BYTES,
    run: create,
  },
  { name: 'ListFunctions', route: route('GET', ALL), run: list },
  { name: 'GetFunction', route: route('GET', ONE), run: get },
  { name: 'DeleteFunction', route: route('DELETE', ONE), run: remove },
  { name: 'GetFunctionConfiguration', route: route('GET', CONFIGURATION), run: getConfiguration },
  { name: 'UpdateFunctionConfiguration', route: route('PUT', CONFIGURATION), run: updateConfiguration },
  {
    name: 'UpdateFunctionCode',
    route: route('PUT', CODE),
    largestBodyBytes: MAX_CODE_REQUEST_BYTES,
    run: updateCode,
  },
];

async function create(context: ApiContext, request: ApiRequest): Promise<ApiAnswer> {
  const body = bodyOf(request);
  const { name } = functionReference(String(body.FunctionName ?? ''), undefined);
  checkPackageType(body.PackageType);
  const tags = tagsFrom(body.Tags);
  refuseUnhonoured(body);
  const layers = layersFrom(context.catalog, body.Layers) ?? [];
  const settings = { ...settingsFrom(body, DEFAULTS), layers };
  await checkDeadLetter(context, settings.deadLetterArn);
  const code = await codeFrom(context, (body.Code ?? {}) as Body, 'CreateFunction');
  await checkTogether(context, code, layers);
  const record = await createFunction(context.catalog, name, settings, code, tags);
  const published = body.Publish === true ? await publishVersion(context.catalog, name, {}) : undefined;
  const version = published ?? record.latest;
  return jsonAnswer(
    201,
    configuration(context.catalog.account, name, version, { qualifier: published?.version }),
  );
}

function list(context: ApiContext, request: ApiRequest): ApiAnswer {
  const all = allVersions(request.query);
  const versions = context.catalog.store
    .list()
    .flatMap((r) => [r.latest, ...(all ? r.versions : [])].map((version) => ({ name: r.name, version })));
  // Nothing in a name comes before the space, so `cart` and its versions come before `cart-old`.
  const keyOf = ({ name, version }: { name: string; version: VersionRecord }) =>
    `${name} ${versionKey(version)}`;
  const { items, NextMarker } = page({ name: 'ListFunctions', items: versions, keyOf }, request.query);
  const { account } = context.catalog;
  const Functions = items.map(({ name, version }) =>
    configuration(account, name, version, { qualifier: all ? version.version : undefined, inList: true }),
  );
  return jsonAnswer(200, { Functions, NextMarker });
}

function get(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const Configuration = configurationAt(context, request, reference);
  const { tags, reservedConcurrency } = recordOf(context.catalog, referenceOf(request, reference).name);
  return jsonAnswer(200, {
    Configuration,
    Code: { RepositoryType: 'Upstack' },
    ...(Object.keys(tags).length > 0 ? { Tags: tags } : {}),
    ...(reservedConcurrency === undefined
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
  });
}

function getConfiguration(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  return jsonAnswer(200, configurationAt(context, request, reference));
}

function configurationAt(context: ApiContext, request: ApiRequest, reference = ''): object {
  const { name, qualifier } = referenceOf(request, reference);
  const record = recordOf(context.catalog, name, qualifier);
  const { version } = versionOf(context.catalog, record, qualifier);
  return configuration(context.catalog.account, name, version, { qualifier });
}

/** AWS's model declares 200 and a member that says the status; AWS's API reference, and AWS, answer 204. */
async function remove(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { name, qualifier } = referenceOf(request, reference);
  await deleteFunction(context.catalog, name, qualifier);
  return emptyAnswer(204);
}

async function updateConfiguration(
  context: ApiContext,
  request: ApiRequest,
  [reference]: string[],
): Promise<ApiAnswer> {
  const name = latestOf(reference);
  const body = bodyOf(request);
  refuseUnhonoured(body);
  const layers = layersFrom(context.catalog, body.Layers);
  if (layers) await checkTogether(context, recordOf(context.catalog, name).latest, layers);
  if (body.DeadLetterConfig) {
    const { latest } = recordOf(context.catalog, name);
    await checkDeadLetter(context, settingsFrom(body, latest).deadLetterArn);
  }
  const record = await updateLatest(
    context.catalog,
    name,
    (latest) => ({ ...settingsFrom(body, latest), ...(layers ? { layers } : {}) }),
    optionalText(body, 'RevisionId'),
  );
  return jsonAnswer(200, configuration(context.catalog.account, name, record.latest));
}

async function updateCode(
  context: ApiContext,
  request: ApiRequest,
  [reference]: string[],
): Promise<ApiAnswer> {
  const name = latestOf(reference);
  const body = bodyOf(request);
  const { account } = context.catalog;
  refuseUnhonoured(body);
  // Unknown functions are refused before a large package is unpacked.
  const present = recordOf(context.catalog, name).latest;
  const code = await codeFrom(context, body, 'UpdateFunctionCode');
  await checkTogether(context, code, present.layers);
  const architectures = { Architectures: body.Architectures };
  const change = { architecture: settingsFrom(architectures, present).architecture, ...code };
  if (body.DryRun === true) {
    return jsonAnswer(200, configuration(account, name, { ...present, ...change }));
  }
  const revisionId = optionalText(body, 'RevisionId');
  const record = await updateLatest(context.catalog, name, () => change, revisionId);
  if (body.Publish !== true) return jsonAnswer(200, configuration(account, name, record.latest));
  const version = await publishVersion(context.catalog, name, {});
  return jsonAnswer(200, configuration(account, name, version, { qualifier: version.version }));
}

async function checkTogether(
  { packages }: ApiContext,
  { codeSha256 }: { codeSha256: string },
  layers: LayerReference[],
): Promise<void> {
  await packages.checkTogether([codeSha256, ...layers.map((layer) => layer.codeSha256)]);
}

function checkPackageType(value: unknown): void {
  if (value === undefined || value === null || value === 'Zip') return;
  if (value === 'Image') throw notSupported('PackageType Image');
  throw notInSet(value, 'packageType', ['Zip', 'Image']);
}

function allVersions(query: URLSearchParams): boolean {
  if (query.get('MasterRegion')) throw notSupported('MasterRegion (Lambda@Edge)');
  const wanted = query.get('FunctionVersion');
  if (wanted === null || wanted === 'ALL') return wanted === 'ALL';
  throw notInSet(wanted, 'functionVersion', ['ALL']);
}
