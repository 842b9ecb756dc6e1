import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { problem } from './problems.ts';

/** Makes every request of this scope keep its body as bytes, whatever its content type; `limitBytes` as sent. */
export function takeRawBodies(scope: FastifyInstance, limitBytes: number): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: limitBytes }, (_request, body, done) => {
    done(null, body);
  });
}

/** The body, unpacked. Throws 400 for one that is not gzip though it says so, 413 beyond `limitBytes` unpacked, 415. */
export async function unpackedBody(request: FastifyRequest, limitBytes: number): Promise<Buffer> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (encoding === 'identity' || encoding === '') return body;
  if (encoding !== 'gzip') {
    throw problem('unknown-encoding', `content-encoding "${encoding}" is not taken: send gzip, or none`);
  }
  try {
    return await promisify(gunzip)(body, { maxOutputLength: limitBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw problem(
        'too-large',
        `the body unpacks to more than ${limitBytes} bytes: send smaller batches`,
        cause,
      );
    }
    throw problem('broken-body', 'the body is not gzip, though content-encoding says so', cause);
  }
}

/** The write key in `Authorization`: the bearer token, or the user name of Basic; undefined without either. */
export function writeKeyOf(request: FastifyRequest): string | undefined {
  const authorization = request.headers.authorization ?? '';
  const bearer = /^Bearer (.+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer.trim();
  const basic = /^Basic (.+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return undefined;
  return Buffer.from(basic, 'base64').toString('utf8').split(':')[0];
}
