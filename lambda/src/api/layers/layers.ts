import {
  layerArn,
  layerNameOf,
  layerVersionArn,
  layerVersionNumber,
  layerVersionOf,
} from '../../catalog/layers/layer-names.ts';
import { fits, layerFilterFrom, layerSettingsFrom } from '../../catalog/layers/layer-settings.ts';
import { deleteLayerVersion, layerVersion, publishLayerVersion } from '../../catalog/layers/layers.ts';
import type { Account } from '../../catalog/names.ts';
import type { LayerRecord, LayerVersionRecord } from '../../catalog/records.ts';
import { LambdaError, violation } from '../../errors.ts';
import { MAX_CODE_REQUEST_BYTES, MAX_LAYERS_ASKED } from '../../limits.ts';
import { codeFrom } from '../functions/code.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
} from '../operation.ts';
import { page } from '../page.ts';
import { route } from '../route.ts';

const ALL = '/2018-10-31/layers';
const VERSIONS = '/2018-10-31/layers/{LayerName}/versions';
const ONE = '/2018-10-31/layers/{LayerName}/versions/{VersionNumber}';

export const LAYER_OPERATIONS: readonly ApiOperation[] = [
  {
    name: 'PublishLayerVersion',
    route: route('POST', VERSIONS),
    largestBodyBytes: MAX_CODE_REQUEST_BYTES,
    run: publish,
  },
  { name: 'ListLayers', route: route('GET', ALL), run: list },
  { name: 'GetLayerVersionByArn', route: route('GET', `${ALL}?find=LayerVersion`), run: getByArn },
  { name: 'ListLayerVersions', route: route('GET', VERSIONS), run: listVersions },
  { name: 'GetLayerVersion', route: route('GET', ONE), run: get },
  { name: 'DeleteLayerVersion', route: route('DELETE', ONE), run: remove },
];

async function publish(context: ApiContext, request: ApiRequest, [layer = '']: string[]): Promise<ApiAnswer> {
  const { account } = context.catalog;
  const name = layerNameOf(account, layer);
  const body = bodyOf(request);
  const settings = layerSettingsFrom(body);
  if (typeof body.Content !== 'object' || body.Content === null)
    throw violation(null, 'content', 'not be null');
  const code = await codeFrom(
    context,
    body.Content as Record<string, unknown>,
    'PublishLayerVersion',
    'Content',
  );
  const version = await publishLayerVersion(context.catalog, name, settings, code);
  return jsonAnswer(201, shownWithContent(account, name, version));
}

/** Each layer with the newest of its versions that fit the filter; a layer without one is left out. */
function list(context: ApiContext, request: ApiRequest): ApiAnswer {
  const { account, layers } = context.catalog;
  const filter = layerFilterFrom(request.query);
  const matching = layers.list().flatMap(({ name, versions }) => {
    const version = versions.findLast((one) => fits(one, filter));
    return version ? [{ name, version }] : [];
  });
  const found = page(
    { name: 'ListLayers', items: matching, keyOf: (one) => one.name, mostAsked: MAX_LAYERS_ASKED },
    request.query,
  );
  const Layers = found.items.map(({ name, version }) => ({
    LayerName: name,
    LayerArn: layerArn(account, name),
    LatestMatchingVersion: shown(account, name, version),
  }));
  return jsonAnswer(200, { Layers, NextMarker: found.NextMarker });
}

/** The newest first. A layer that is not there has none, which is no error in AWS. */
function listVersions(context: ApiContext, request: ApiRequest, [layer = '']: string[]): ApiAnswer {
  const { account, layers } = context.catalog;
  const name = layerNameOf(account, layer);
  const filter = layerFilterFrom(request.query);
  const matching = versionsOf(layers.get(name)).filter((one) => fits(one, filter));
  const versions = {
    name: 'ListLayerVersions',
    items: matching,
    // The newest first.
    keyOf: ({ version }: LayerVersionRecord) => String(1e10 - version).padStart(11, '0'),
    mostAsked: MAX_LAYERS_ASKED,
  };
  const { items, NextMarker } = page(versions, request.query);
  const LayerVersions = items.map((version) => shown(account, name, version));
  return jsonAnswer(200, { LayerVersions, NextMarker });
}

function get(context: ApiContext, _: ApiRequest, [layer = '', number = '']: string[]): ApiAnswer {
  const name = layerNameOf(context.catalog.account, layer);
  return versionAnswer(context, name, layerVersionNumber(number));
}

function getByArn(context: ApiContext, request: ApiRequest): ApiAnswer {
  const { name, version } = layerVersionOf(context.catalog.account, request.query.get('Arn'), 'arn');
  return versionAnswer(context, name, version);
}

async function remove(
  context: ApiContext,
  _: ApiRequest,
  [layer = '', number = '']: string[],
): Promise<ApiAnswer> {
  const name = layerNameOf(context.catalog.account, layer);
  await deleteLayerVersion(context.catalog, name, layerVersionNumber(number));
  return emptyAnswer(204);
}

function versionAnswer(context: ApiContext, name: string, number: number): ApiAnswer {
  const version = layerVersion(context.catalog, name, number);
  if (version) return jsonAnswer(200, shownWithContent(context.catalog.account, name, version));
  throw new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.');
}

function versionsOf(layer: LayerRecord | undefined): LayerVersionRecord[] {
  return layer?.versions ?? [];
}

/** As in GetFunction, there is no address to fetch the content from. */
function shownWithContent(account: Account, name: string, version: LayerVersionRecord): object {
  return {
    ...shown(account, name, version),
    LayerArn: layerArn(account, name),
    Content: { CodeSha256: version.codeSha256, CodeSize: version.codeSizeBytes },
  };
}

/** What was not said of the version is left out. */
function shown(account: Account, name: string, version: LayerVersionRecord): object {
  return {
    LayerVersionArn: layerVersionArn(account, name, version.version),
    Version: version.version,
    Description: version.description,
    CreatedDate: version.createdAt,
    CompatibleArchitectures: version.compatibleArchitectures,
    CompatibleRuntimes: version.compatibleRuntimes,
    LicenseInfo: version.licenseInfo,
  };
}
