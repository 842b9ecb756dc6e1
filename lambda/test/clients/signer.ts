import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** The hash that the SDK's signer is given. */
export class Sha256 {
  #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array | string) {
    this.#hash.update(data);
  }
  async digest() {
    return new Uint8Array(this.#hash.digest());
  }
}

/** The headers of a GET that the signer of the AWS SDK has signed for the Lambda service. */
export async function signedHeaders(
  { host, path }: { host: string; path: string },
  { region, ...credentials }: { region: string; accessKeyId: string; secretAccessKey: string },
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    credentials,
    region,
    service: 'lambda',
    // biome-ignore lint/suspicious/noExplicitAny: the signer's hash type is wider than what it uses.
    sha256: Sha256 as any,
  });
  const [hostname = ''] = host.split(':');
  const { headers } = await signer.sign({
    method: 'GET',
    protocol: 'http:',
    hostname,
    path,
    headers: { host },
  });
  return headers;
}
