import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { Sha256 } from '../../test/clients/signer.ts';
import type { SignedRequest } from './canonical-request.ts';
import { type SignaturePolicy, signatureVerifier } from './sigv4.ts';

const POLICY: SignaturePolicy = {
  credentials: { accessKeyId: 'AKIAUPSTACK', secretAccessKey: 'secret' },
  region: 'eu-west-1',
  service: 'lambda',
};
const NOW = Date.UTC(2026, 0, 31, 12, 0, 0);

/** A request signed by the signer of the AWS SDK. */
async function signed(
  over: Partial<SignedRequest> = {},
  policy: SignaturePolicy = POLICY,
  atMs = NOW,
): Promise<SignedRequest> {
  const request: SignedRequest = {
    method: 'POST',
    path: '/2015-03-31/functions/cart/invocations',
    query: '',
    headers: {},
    body: Buffer.from('{"a":1}'),
    ...over,
  };
  const signer = new SignatureV4({
    ...policy,
    applyChecksum: true,
    // biome-ignore lint/suspicious/noExplicitAny: the signer's hash type is wider than what it uses.
    sha256: Sha256 as any,
  });
  const query: Record<string, string[]> = {};
  const parameters = new URLSearchParams(request.query);
  for (const name of parameters.keys()) query[name] = parameters.getAll(name);
  const result = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: '127.0.0.1',
      path: request.path,
      query,
      headers: { host: '127.0.0.1:4700', ...request.headers },
      body: request.body,
    },
    { signingDate: new Date(atMs) },
  );
  return { ...request, headers: result.headers };
}

function judge(request: SignedRequest, nowMs = NOW) {
  return signatureVerifier(POLICY)(request, nowMs);
}

function refused(request: SignedRequest, code: string, message: RegExp, nowMs = NOW) {
  const verdict = judge(request, nowMs);
  assert.ok(!verdict.ok, 'the request was accepted');
  assert.equal(verdict.code, code);
  assert.match(verdict.message, message);
  return verdict;
}

test("requests signed by the SDK's signer are accepted", async () => {
  const requests: Partial<SignedRequest>[] = [
    {},
    {
      method: 'GET',
      path: '/2015-03-31/functions/',
      query: 'MaxItems=5&Marker=a%20b%2Bc&FunctionVersion=ALL',
    },
    { method: 'GET', query: 'b=2&a=1&a-b=3&a=0&empty=' },
    { path: '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A0%3Afunction%3Acart/invocations' },
    { path: "/a//b/./c/../d(e)!*'/" },
    { headers: { 'x-amz-log-type': '  Tail   me ', 'x-amz-client-context': 'e30=' } },
    { body: new Uint8Array() },
    { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
  ];
  for (const over of requests) {
    assert.deepEqual(
      judge(await signed(over)),
      { ok: true, accessKeyId: 'AKIAUPSTACK' },
      JSON.stringify(over),
    );
  }
});

test("the example of AWS's documentation is accepted", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-examples.html (test suite "get-vanilla")
  const verify = signatureVerifier({
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    region: 'us-east-1',
    service: 'service',
  });
  const request: SignedRequest = {
    method: 'GET',
    path: '/',
    query: '',
    headers: {
      host: 'example.amazonaws.com',
      'x-amz-date': '20150830T123600Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    body: new Uint8Array(),
  };
  assert.deepEqual(verify(request, Date.UTC(2015, 7, 30, 12, 36, 0)), {
    ok: true,
    accessKeyId: 'AKIDEXAMPLE',
  });
});

test('a request that was changed after signing is refused', async () => {
  const good = await signed({ query: 'a=1' });
  const changes: Partial<SignedRequest>[] = [
    { method: 'PUT' },
    { path: '/2015-03-31/functions/other/invocations' },
    { query: 'a=2' },
    { query: '' },
    { body: Buffer.from('{"a":2}') },
    { headers: { ...good.headers, host: 'elsewhere' } },
    { headers: { ...good.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
  ];
  for (const change of changes) {
    assert.equal(refused({ ...good, ...change }, 'InvalidSignatureException', /./).status, 403);
  }
});

test('the wrong secret, key, region and service are refused', async () => {
  const wrong = (change: Partial<SignaturePolicy>) => signed({}, { ...POLICY, ...change });
  const secret = { accessKeyId: 'AKIAUPSTACK', secretAccessKey: 'guess' };
  refused(await wrong({ credentials: secret }), 'InvalidSignatureException', /does not match/);
  const key = { accessKeyId: 'AKIAOTHER', secretAccessKey: 'secret' };
  refused(await wrong({ credentials: key }), 'UnrecognizedClientException', /security token .* is invalid/);
  refused(await wrong({ region: 'us-east-1' }), 'InvalidSignatureException', /valid region, not 'us-east-1'/);
  refused(await wrong({ service: 's3' }), 'InvalidSignatureException', /correct service/);
});

test('fifteen minutes of skew are allowed, not more', async () => {
  const request = await signed();
  for (const minutes of [-15, 15]) assert.equal(judge(request, NOW + minutes * 60_000).ok, true);
  refused(request, 'InvalidSignatureException', /^Signature expired/, NOW + 15 * 60_000 + 1_000);
  refused(request, 'InvalidSignatureException', /^Signature not yet current/, NOW - 15 * 60_000 - 1_000);
});

test('a verifier keeps judging rightly when the day changes', async () => {
  const verify = signatureVerifier(POLICY);
  for (const day of [0, 1, 0, 2]) {
    const at = NOW + day * 86_400_000;
    assert.equal(verify(await signed({}, POLICY, at), at).ok, true);
  }
});

test('what a verifier has judged before does not change what it says', async () => {
  const good = await signed();
  const authorization = good.headers.authorization ?? '';
  const otherwise = (text: string) => ({ ...good, headers: { ...good.headers, authorization: text } });
  const dated = (stamp: string) => ({ ...good, headers: { ...good.headers, 'x-amz-date': stamp } });
  const [, credential, headers, signature] = /^\S+ (\S+), (\S+), (\S+)$/.exec(authorization) ?? [];
  const requests = [
    good,
    await signed({ body: Buffer.from('{"a":2}') }),
    await signed({ headers: { 'x-colour': 'red' } }),
    await signed({}, { ...POLICY, region: 'us-east-1' }),
    await signed({}, POLICY, NOW - 60_000),
    await signed({}, POLICY, NOW - 86_400_000),
    otherwise(authorization.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'))),
    otherwise(`${authorization},`),
    otherwise(`${authorization.slice(0, -64)}${'f'.repeat(32)}, SignedHeaders=host`),
    otherwise(`${authorization}, MySignature=${authorization.slice(-64)}`),
    otherwise(`${authorization.slice(0, -64)}${'0'.repeat(64)}, MySignature=${authorization.slice(-64)}`),
    otherwise(authorization.toUpperCase()),
    otherwise(`AWS4-HMAC-SHA256 ${signature}, ${headers}, ${credential}`),
    otherwise(''),
    dated('20261325T120000Z'),
    dated('yesterday'),
  ];
  const fresh = requests.map((request) => JSON.stringify(judge(request)));
  assert.ok(new Set(fresh).size > 5);
  const verify = signatureVerifier(POLICY);
  const order = fc.array(fc.nat({ max: requests.length - 1 }), { minLength: 20, maxLength: 40 });
  fc.assert(
    fc.property(order, (places) => {
      for (const place of places) {
        assert.equal(JSON.stringify(verify(requests[place] as SignedRequest, NOW)), fresh[place]);
      }
    }),
  );
});

test('an absent or incomplete authorization says what is missing', async () => {
  const { headers, ...rest } = await signed();
  const { authorization = '', ...others } = headers;
  assert.equal(
    refused({ ...rest, headers: others }, 'MissingAuthenticationTokenException', /Missing/).status,
    403,
  );
  const withHeader = (text: string) => ({ ...rest, headers: { ...others, authorization: text } });
  const cases: [string, RegExp][] = [
    ['Bearer abc', /Unsupported AWS 'algorithm': 'Bearer'/],
    [authorization.replace(/, Signature=.*/, ''), /requires 'Signature'/],
    [authorization.replace('/aws4_request', ''), /5 slash-delimited elements/],
    ['AWS4-HMAC-SHA256 ', /requires 'Credential' .* 'SignedHeaders' .* 'Signature'/],
  ];
  for (const [text, message] of cases) {
    assert.equal(refused(withHeader(text), 'IncompleteSignatureException', message).status, 400);
  }
  const { 'x-amz-date': _, ...undated } = headers;
  refused({ ...rest, headers: undated }, 'IncompleteSignatureException', /X-Amz-Date/);
});

test('a signature over headers that were not sent is refused, whatever their names', async () => {
  const { headers, ...rest } = await signed();
  for (const name of ['constructor', '__proto__', 'tostring', 'x-absent']) {
    const authorization = (headers.authorization ?? '').replace('SignedHeaders=', `SignedHeaders=${name};`);
    refused(
      { ...rest, headers: { ...headers, authorization } },
      'InvalidSignatureException',
      /does not match/,
    );
  }
});
