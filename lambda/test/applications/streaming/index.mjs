// An application that streams: the documents' own way, a pipeline, and server-sent events with a head of their own.
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

const words = ['first', 'second', 'third'];

async function* events(gate) {
  for (const [i, word] of words.entries()) {
    yield `id: ${i}\ndata: ${word}\n\n`;
    // The reader opens the gate when the part has come, so nothing goes on before.
    await fetch(`${gate}/${i}`);
  }
}

export const handler = awslambda.streamifyResponse(async (event, responseStream, context) => {
  const { gate, path } = event.rawPath ? { ...event.queryStringParameters, path: event.rawPath } : event;
  if (path === '/gzip') {
    const headers = { 'content-type': 'text/plain', 'content-encoding': 'gzip' };
    responseStream = awslambda.HttpResponseStream.from(responseStream, { statusCode: 200, headers });
    await pipeline(Readable.from(['x'.repeat(1_000_000)]), createGzip(), responseStream);
    return;
  }
  if (event.rawPath) {
    responseStream = awslambda.HttpResponseStream.from(responseStream, {
      statusCode: 203,
      headers: { 'content-type': 'text/event-stream', 'x-request': context.awsRequestId },
      cookies: ['seen=1; Path=/', 'theme=dark'],
    });
  }
  await pipeline(Readable.from(events(gate)), responseStream);
});
