import type { IncomingMessage } from 'node:http';

export type Body = { state: 'complete'; bytes: Buffer } | { state: 'too-large' } | { state: 'aborted' };

/** So much of a body that is refused anyway is read, so that the sender comes to read the answer. */
export const DRAINED_BYTES = 64 * 1024 * 1024;

/** Reads a request's body up to a limit. What is above is read and dropped, within reason; never rejects. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Body> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size <= limitBytes) parts.push(part);
      else parts.length = 0;
      if (size > limitBytes + DRAINED_BYTES) request.destroy();
    });
    request.on('end', () => {
      if (size > limitBytes) resolve({ state: 'too-large' });
      else
        resolve({
          state: 'complete',
          bytes: parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts),
        });
    });
    request.on('error', () => resolve({ state: 'aborted' }));
    request.on('close', () => resolve({ state: 'aborted' }));
  });
}
