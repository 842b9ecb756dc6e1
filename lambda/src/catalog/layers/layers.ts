import { invalidParameter, LambdaError } from '../../errors.ts';
import { MAX_LAYER_VERSIONS, MAX_LAYERS, MAX_LAYERS_OF_FUNCTION } from '../../limits.ts';
import { awsTime, type CatalogContext } from '../functions.ts';
import type { LayerRecord, LayerReference, LayerVersionRecord } from '../records.ts';
import type { CodePackage } from '../storage/packages.ts';
import { layerVersionArn, layerVersionOf } from './layer-names.ts';

type Published = Pick<
  LayerVersionRecord,
  'description' | 'licenseInfo' | 'compatibleRuntimes' | 'compatibleArchitectures'
>;

/** Publishes the next version of a layer, which is made by its first. Throws CodeStorageExceededException. */
export async function publishLayerVersion(
  context: CatalogContext,
  name: string,
  settings: Published,
  code: CodePackage,
): Promise<LayerVersionRecord> {
  return await context.layers.exclusive(name, async () => {
    const record = context.layers.get(name) ?? newLayer(context, name);
    if (record.versions.length >= MAX_LAYER_VERSIONS) {
      const message = `The layer ${name} has ${MAX_LAYER_VERSIONS} versions.`;
      throw new LambdaError('CodeStorageExceededException', message);
    }
    const version: LayerVersionRecord = {
      version: record.nextVersion,
      ...settings,
      ...code,
      createdAt: awsTime(context.clock.now()),
      policy: undefined,
    };
    await context.layers.save({
      ...record,
      versions: [...record.versions, version],
      nextVersion: record.nextVersion + 1,
    });
    return version;
  });
}

/** Deletes a version; functions that have it keep it. One that is not there is no error, as in AWS. */
export async function deleteLayerVersion(
  context: CatalogContext,
  name: string,
  version: number,
): Promise<void> {
  await context.layers.exclusive(name, async () => {
    const record = context.layers.get(name);
    if (!record || !versionIn(record, version)) return;
    const versions = record.versions.filter((one) => one.version !== version);
    await context.layers.save({ ...record, versions });
  });
}

/** The version; undefined when there is none. */
export function layerVersion(
  context: CatalogContext,
  name: string,
  version: number,
): LayerVersionRecord | undefined {
  const record = context.layers.get(name);
  return record && versionIn(record, version);
}

function versionIn(record: LayerRecord, version: number): LayerVersionRecord | undefined {
  return record.versions.find((one) => one.version === version);
}

/**
 * The layers that a request gives a function, in their order; undefined when it does not say. Throws
 * InvalidParameterValueException for more than five, for two versions of one layer, and for what does not exist.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html
 */
export function layersFrom(context: CatalogContext, value: unknown): LayerReference[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw invalidParameter('Layers must be a list');
  if (value.length > MAX_LAYERS_OF_FUNCTION) {
    throw invalidParameter(`Cannot reference more than ${MAX_LAYERS_OF_FUNCTION} layers.`);
  }
  const references = value.map((arn) => referenceTo(context, arn));
  for (const [i, { arn }] of references.entries()) {
    const other = references.slice(0, i).find((before) => layerOf(before.arn) === layerOf(arn));
    if (!other) continue;
    throw invalidParameter(
      `Two different versions of the same layer are not allowed to be referenced in the same function. ${other.arn} and ${arn} are versions of the same layer.`,
    );
  }
  return references;
}

function referenceTo(context: CatalogContext, arn: unknown): LayerReference {
  const { name, version } = layerVersionOf(context.account, arn, 'layers');
  const found = layerVersion(context, name, version);
  if (!found) throw invalidParameter(`Layer version ${String(arn)} does not exist.`);
  const { codeSha256, codeSizeBytes } = found;
  return { arn: layerVersionArn(context.account, name, version), codeSha256, codeSizeBytes };
}

function newLayer(context: CatalogContext, name: string): LayerRecord {
  if (context.layers.size >= MAX_LAYERS) {
    throw new LambdaError('CodeStorageExceededException', `There are ${MAX_LAYERS} layers already.`);
  }
  return { format: 1, name, versions: [], nextVersion: 1 };
}

/** The ARN without the version. */
function layerOf(arn: string): string {
  return arn.slice(0, arn.lastIndexOf(':'));
}
