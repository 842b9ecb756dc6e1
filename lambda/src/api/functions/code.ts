import type { CodePackage } from '../../catalog/storage/packages.ts';
import { invalidParameter, notSupported } from '../../errors.ts';
import type { ApiContext } from '../operation.ts';

/** Members that name a package elsewhere than in the request. */
const ELSEWHERE = [
  'S3Bucket',
  'S3Key',
  'S3ObjectVersion',
  'ImageUri',
  'SourceKMSKeyArn',
  'S3ObjectStorageMode',
];

/**
 * Keeps the package that a request carries as `ZipFile`. `member` is AWS's name of the structure it is in. Throws AWS's
 * errors for packages that Lambda would refuse.
 */
export async function codeFrom(
  context: ApiContext,
  code: Record<string, unknown>,
  operation: string,
  member = 'Code',
): Promise<CodePackage> {
  for (const elsewhere of ELSEWHERE) {
    if (code[elsewhere]) throw notSupported(`${member}.${elsewhere}`);
  }
  if (typeof code.ZipFile !== 'string') {
    throw invalidParameter('Please provide a source for function code: ZipFile, the package in base64.');
  }
  return await context.packages.add(Buffer.from(code.ZipFile, 'base64'), operation);
}
