import { invalidParameter, LambdaError } from '../errors.ts';
import { LATEST } from './records.ts';

/** A function as a caller named it: by name, partial ARN or ARN, with or without a qualifier. */
export interface FunctionReference {
  name: string;
  qualifier: string | undefined;
}

const ARN =
  /^(?:(?:arn:(?:aws[a-z-]*):lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?function:)?([A-Za-z0-9_-]{1,64})(?::(\$LATEST|[A-Za-z0-9_-]{1,128}))?$/;

/** Reads AWS's `FunctionName` parameter. Throws ValidationException, or ResourceNotFoundException elsewhere. */
export function functionReference(text: string, qualifier: string | null | undefined): FunctionReference {
  const match = ARN.exec(text);
  if (!match) {
    throw new LambdaError(
      'ValidationException',
      `1 validation error detected: Value '${text}' at 'functionName' failed to satisfy constraint: Member must be a function name of at most 64 letters, digits, - and _, or its ARN`,
    );
  }
  const own = match[4];
  if (own !== undefined && qualifier && own !== qualifier) {
    throw invalidParameter(
      `The derived qualifier from the function name does not match the specified qualifier.`,
    );
  }
  return { name: match[3] as string, qualifier: qualifier || own || undefined };
}

export type Qualifier =
  | { kind: 'latest' }
  | { kind: 'version'; version: string }
  | { kind: 'alias'; alias: string };

/** What a qualifier means: nothing and `$LATEST` the newest code, a number a version, the rest an alias. */
export function parseQualifier(text: string | undefined): Qualifier {
  if (text === undefined || text === LATEST) return { kind: 'latest' };
  if (/^[0-9]+$/.test(text)) return { kind: 'version', version: text };
  return { kind: 'alias', alias: text };
}

/** An alias' name must not look like a version. */
export function isAliasName(text: unknown): text is string {
  return typeof text === 'string' && /^(?!^[0-9]+$)[a-zA-Z0-9-_]{1,128}$/.test(text);
}

export interface Account {
  region: string;
  accountId: string;
}

export function functionArn(account: Account, name: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${account.region}:${account.accountId}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
