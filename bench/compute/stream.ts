/** Time to the first part of a streamed response, from a function that sleeps for a second before the next part. */
import { InvokeWithResponseStreamCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CREDENTIALS, REGION } from './account.ts';
import type { Twin } from './servers/twin.ts';

const NAME = 'streams';
const CODE = `export const handler = awslambda.streamifyResponse(async (event, stream) => {
  stream.write('first');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  stream.end('second');
});
`;

/** Milliseconds from the call to the first part, in a warm environment. Throws when the parts arrive together. */
export async function firstPartMs(twin: Twin): Promise<number> {
  const endpoint = `http://127.0.0.1:${twin.port}`;
  const client = new LambdaClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  await twin.deploy(NAME, CODE);
  try {
    await partsOf(client);
    const [first, second] = await partsOf(client);
    if (first === undefined || second === undefined || second - first < 500) throw new Error('not streamed');
    return first;
  } finally {
    client.destroy();
    await twin.remove(NAME);
  }
}

/** Milliseconds from the call to each part. */
async function partsOf(client: LambdaClient): Promise<number[]> {
  const from = performance.now();
  const { EventStream } = await client.send(new InvokeWithResponseStreamCommand({ FunctionName: NAME }));
  const times: number[] = [];
  for await (const { PayloadChunk } of EventStream ?? []) {
    if (PayloadChunk) times.push(performance.now() - from);
  }
  return times;
}
