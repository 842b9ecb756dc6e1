import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ResponseParts } from '../invocations/response-parts.ts';
import { streamedUrlAnswer } from './stream.ts';

const END = '\0'.repeat(8);

/** What the function wrote so far, as the door gets it; more than there is room for when `large`. */
function written(text: string, large = false) {
  const parts = new ResponseParts();
  parts.push(Buffer.from(text));
  const held = large ? parts.push(Buffer.alloc(300_000)) : undefined;
  const answer = streamedUrlAnswer({
    contentType: 'application/vnd.awslambda.http-integration-response',
    parts,
    ended: new Promise(() => {}),
  });
  return { answer, held };
}

test('status, headers and cookies before the body are taken as those of a whole answer', async () => {
  const prelude = {
    statusCode: 201,
    headers: { 'X-One': 'a\r\nb: c', connection: 'close' },
    cookies: ['k=v'],
  };
  const { status, headers } = await written(`${JSON.stringify(prelude)}${END}`).answer;
  assert.equal(status, 201);
  assert.deepEqual(headers, {
    'content-type': 'application/octet-stream',
    'x-one': 'ab: c',
    'set-cookie': ['k=v'],
  });
  assert.equal((await written(`{}${END}`).answer).status, 200, 'what is missing has its default');
});

test('what is no answer before the body is a bad gateway, and the function is not held back', async () => {
  for (const prelude of ['{"statusCode":', 'null', '"text"', '{"statusCode":99}', '{"statusCode":"x"}']) {
    const { answer, held } = written(prelude + END, true);
    assert.equal((await answer).status, 502, prelude);
    assert.ok(held);
    await held;
  }
});

test('a header that has no text is an empty one', async () => {
  const { headers } = await written(`{"headers":{"x":{"toString":1}}}${END}`).answer;
  assert.equal(headers.x, '');
});

test('a reader that leaves at the first bytes of the body lets the function go on', async () => {
  const { answer, held } = written(`{}${END}first`, true);
  for await (const part of (await answer).stream ?? []) {
    assert.equal(String(part), 'first');
    break;
  }
  assert.ok(held);
  await held;
});
