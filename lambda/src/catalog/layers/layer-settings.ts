import { notInSet, violation } from '../../errors.ts';
import { MAX_COMPATIBLE_RUNTIMES, MAX_DESCRIPTION, MAX_LICENSE_INFO } from '../../limits.ts';
import type { LayerVersionRecord } from '../records.ts';

type Wire = Record<string, unknown>;

/**
 * Every runtime that AWS knows, deprecated ones too: what a layer version says it fits, whether or not it runs here.
 * Source: https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
 */
export const KNOWN_RUNTIMES: readonly string[] = [
  ...['nodejs', 'nodejs4.3', 'nodejs4.3-edge', 'nodejs6.10', 'nodejs8.10', 'nodejs10.x', 'nodejs12.x'],
  ...['nodejs14.x', 'nodejs16.x', 'nodejs18.x', 'nodejs20.x', 'nodejs22.x', 'nodejs24.x', 'nodejs26.x'],
  ...['python2.7', 'python3.6', 'python3.7', 'python3.8', 'python3.9', 'python3.10', 'python3.11'],
  ...['python3.12', 'python3.13', 'python3.14', 'python3.15', 'provided', 'provided.al2', 'provided.al2023'],
  ...['java8', 'java8.al2', 'java8.al2023', 'java11', 'java11.al2023', 'java17', 'java17.al2023', 'java21'],
  ...['java25', 'dotnetcore1.0', 'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1', 'dotnet6', 'dotnet8'],
  ...['dotnet10', 'go1.x', 'ruby2.5', 'ruby2.7', 'ruby3.2', 'ruby3.3', 'ruby3.4', 'ruby4.0'],
];
const ARCHITECTURES = ['x86_64', 'arm64'];

type LayerSettings = Pick<
  LayerVersionRecord,
  'description' | 'licenseInfo' | 'compatibleRuntimes' | 'compatibleArchitectures'
>;

/** What a request of PublishLayerVersion says besides the content. Throws InvalidParameterValueException. */
export function layerSettingsFrom(request: Wire): LayerSettings {
  return {
    description: textOf(request.Description, 'description', MAX_DESCRIPTION) ?? '',
    licenseInfo: textOf(request.LicenseInfo, 'licenseInfo', MAX_LICENSE_INFO),
    compatibleRuntimes: listOf(request.CompatibleRuntimes, 'compatibleRuntimes', KNOWN_RUNTIMES),
    compatibleArchitectures: listOf(
      request.CompatibleArchitectures,
      'compatibleArchitectures',
      ARCHITECTURES,
    ),
  };
}

/** What a list of layers is asked to hold; undefined asks for all. */
export interface LayerFilter {
  runtime: string | undefined;
  architecture: string | undefined;
}

/** The filter of ListLayers and ListLayerVersions. Throws InvalidParameterValueException. */
export function layerFilterFrom(query: URLSearchParams): LayerFilter {
  return {
    runtime: choiceOf(query.get('CompatibleRuntime'), 'compatibleRuntime', KNOWN_RUNTIMES),
    architecture: choiceOf(query.get('CompatibleArchitecture'), 'compatibleArchitecture', ARCHITECTURES),
  };
}

/** A version that does not say what it fits is found by no filter. */
export function fits(version: LayerSettings, { runtime, architecture }: LayerFilter): boolean {
  const { compatibleRuntimes = [], compatibleArchitectures = [] } = version;
  if (runtime !== undefined && !compatibleRuntimes.includes(runtime)) return false;
  return architecture === undefined || compatibleArchitectures.includes(architecture);
}

function textOf(value: unknown, member: string, longest: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.length <= longest) return value;
  throw violation(value, member, `have length less than or equal to ${longest}`);
}

function listOf(value: unknown, member: string, values: readonly string[]): string[] | undefined {
  if (value === undefined || value === null) return undefined;
  const list = Array.isArray(value) ? value : [value];
  const most = Math.min(values.length, MAX_COMPATIBLE_RUNTIMES);
  if (list.length > most)
    throw violation(`[${list.join(', ')}]`, member, `have length less than or equal to ${most}`);
  const strange = list.find((one) => !values.includes(one as string));
  if (strange !== undefined) throw notInSet(strange, member, values);
  return list;
}

function choiceOf(value: string | null, member: string, values: readonly string[]): string | undefined {
  if (value === null) return undefined;
  if (values.includes(value)) return value;
  throw notInSet(value, member, values);
}
