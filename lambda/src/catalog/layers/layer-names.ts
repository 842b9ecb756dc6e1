import { invalidParameter, LambdaError, violation } from '../../errors.ts';
import { MAX_LAYER_NAME } from '../../limits.ts';
import type { Account } from '../names.ts';

const NAME = /^[a-zA-Z0-9-_]+$/;
const ARN = /^arn:aws[a-z-]*:lambda:([a-z0-9-]+):(\d{12}):layer:([a-zA-Z0-9-_]+)(?::(\d+))?$/;

export function layerArn(account: Account, name: string): string {
  return `arn:aws:lambda:${account.region}:${account.accountId}:layer:${name}`;
}

export function layerVersionArn(account: Account, name: string, version: number): string {
  return `${layerArn(account, name)}:${version}`;
}

/** Reads AWS's `LayerName` parameter: a name or an ARN without version. Throws InvalidParameterValueException. */
export function layerNameOf(account: Account, text: string): string {
  const [, region, accountId, inArn, version] = ARN.exec(text) ?? [];
  const name = inArn !== undefined && version === undefined ? inArn : text;
  if (!NAME.test(name) || text.length > MAX_LAYER_NAME) {
    throw violation(
      text,
      'layerName',
      `be a name of at most ${MAX_LAYER_NAME} letters, digits, - and _, or the ARN of a layer`,
    );
  }
  if (inArn !== undefined) checkOwn(account, text, region, accountId);
  return name;
}

/** Reads the ARN of a layer version. `member` is AWS's name of the parameter. Throws InvalidParameterValueException. */
export function layerVersionOf(
  account: Account,
  arn: unknown,
  member: string,
): { name: string; version: number } {
  const [, region, accountId, name, version] = ARN.exec(String(arn)) ?? [];
  if (name === undefined || version === undefined) {
    throw violation(
      arn,
      member,
      `satisfy regular expression pattern: arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+`,
    );
  }
  checkOwn(account, String(arn), region, accountId);
  return { name, version: Number(version) };
}

/** Reads AWS's `VersionNumber` parameter. Throws InvalidParameterValueException. */
export function layerVersionNumber(text: string): number {
  if (!/^-?\d{1,19}$/.test(text)) throw violation(text, 'versionNumber', 'be a number');
  if (Number(text) < 1) throw invalidParameter('Layer Version Cannot be less than 1');
  return Number(text);
}

export function noSuchLayerVersion(arn: string): LambdaError {
  return new LambdaError('ResourceNotFoundException', `Layer version ${arn} does not exist.`);
}

/** Other accounts' layers are in AWS, which nothing here asks. */
function checkOwn(account: Account, arn: string, region: string | undefined, accountId: string | undefined) {
  if (accountId !== account.accountId) {
    throw invalidParameter(
      `The layer ${arn} belongs to another account: the embedded compute engine has only the layers of ${account.accountId}. Publish it there.`,
    );
  }
  if (region === account.region) return;
  throw invalidParameter(
    `Layers are not in the same region as the function. Layers are expected to be in region ${account.region}.`,
  );
}
