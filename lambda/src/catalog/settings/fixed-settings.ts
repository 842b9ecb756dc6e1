import { invalidParameter, notInSet, notSupported } from '../../errors.ts';

type Wire = Record<string, unknown>;

/** Members that nothing here honours yet: they must be absent or empty, which is AWS's default. */
const EMPTY_ONLY = [
  'FileSystemConfigs',
  'ImageConfig',
  'KMSKeyArn',
  'VpcConfig',
  'CodeSigningConfigArn',
  'TenancyConfig',
  'CapacityProviderConfig',
  'DurableConfig',
  'PublishTo',
];

/**
 * Refuses what a request sets and nothing here honours yet, unless it is the value that AWS has when nothing is said:
 * a setting that is accepted must do something. Throws InvalidParameterValueException.
 * Source of the defaults: https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
export function refuseUnhonoured(request: Wire): void {
  for (const member of EMPTY_ONLY) {
    if (!isEmpty(request[member])) throw notSupported(member);
  }
  checkChoice('TracingConfig.Mode', memberOf(request, 'TracingConfig', 'Mode'), ['PassThrough', 'Active']);
}

function memberOf(request: Wire, structure: string, member: string): unknown {
  const value = request[structure];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalidParameter(`${structure} must be an object`);
  return (value as Wire)[member];
}

/** Of the values AWS has, the first is its default and the only one that is accepted. */
function checkChoice(path: string, value: unknown, values: string[]): void {
  if (value === undefined || value === null || value === values[0]) return;
  throw values.includes(value as string) ? notSupported(`${path} ${value}`) : notInSet(value, path, values);
}

/** Nothing, or an object or a list of nothings: what a client sends to mean "without". */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}
