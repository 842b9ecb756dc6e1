import { randomBytes } from 'node:crypto';
import { invalidParameter, LambdaError } from '../../errors.ts';
import { awsTime, type CatalogContext, recordOf } from '../functions.ts';
import { functionArn, parseQualifier } from '../names.ts';
import type { FunctionRecord, UrlRecord } from '../records.ts';
import { aliasOf } from './aliases.ts';

/** Creates the function URL of an alias, or of `$LATEST`. 409 when there is one. */
export async function createUrl(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
  settings: Pick<UrlRecord, 'authType' | 'cors' | 'invokeMode'>,
): Promise<UrlRecord> {
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    const alias = checkedTarget(context, record, qualifier);
    if (record.urls.some((u) => u.alias === alias)) {
      throw new LambdaError(
        'ResourceConflictException',
        `FunctionUrlConfig exists for this Lambda function: ${functionArn(context.account, name, alias)}`,
      );
    }
    const now = awsTime(context.clock.now());
    const url: UrlRecord = { id: newUrlId(), alias, ...settings, createdAt: now, lastModified: now };
    await context.store.save({ ...record, urls: [...record.urls, url] });
    return url;
  });
}

/** Replaces what is given of the settings. */
export async function updateUrl(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
  change: Partial<Pick<UrlRecord, 'authType' | 'cors' | 'invokeMode'>>,
): Promise<UrlRecord> {
  return await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    const present = urlOf(record, qualifier);
    const updated = { ...present, ...change, lastModified: awsTime(context.clock.now()) };
    const urls = record.urls.map((url) => (url === present ? updated : url));
    await context.store.save({ ...record, urls });
    return updated;
  });
}

export async function deleteUrl(
  context: CatalogContext,
  name: string,
  qualifier: string | undefined,
): Promise<void> {
  await context.store.exclusive(name, async () => {
    const record = recordOf(context, name, qualifier);
    const url = urlOf(record, qualifier);
    await context.store.save({ ...record, urls: record.urls.filter((u) => u !== url) });
  });
}

export function urlOf(record: FunctionRecord, qualifier: string | undefined): UrlRecord {
  const url = record.urls.find((u) => u.alias === qualifier);
  if (url) return url;
  throw new LambdaError('ResourceNotFoundException', 'The resource you requested does not exist.');
}

/** A URL belongs to an alias or to the function, never to a version. */
function checkedTarget(
  context: CatalogContext,
  record: FunctionRecord,
  qualifier: string | undefined,
): string | undefined {
  const parsed = parseQualifier(qualifier);
  if (parsed.kind === 'version') {
    throw invalidParameter(`The qualifier ${qualifier} must be the name of an alias.`);
  }
  return parsed.kind === 'alias' ? aliasOf(context, record, parsed.alias).name : undefined;
}

/** 32 lower-case letters and digits, as in AWS: unguessable. */
function newUrlId(): string {
  let id = '';
  while (id.length < 32) id += BigInt(`0x${randomBytes(16).toString('hex')}`).toString(36);
  return id.slice(0, 32);
}
