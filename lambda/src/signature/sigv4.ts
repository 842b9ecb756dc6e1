import type { Clock } from '../ports.ts';
import { canonicalRequest, type SignedRequest } from './canonical-request.ts';
import { equalInConstantTime, hmac, macUnder, sha256Hex } from './digest.ts';

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** Whose signatures a door takes. */
export interface Signer {
  credentials: Credentials;
  region: string;
  clock: Clock;
}

export interface SignaturePolicy extends Omit<Signer, 'clock'> {
  /** AWS's name of the service in the credential scope: `lambda`. */
  service: string;
}

/** AWS's error code, HTTP status and message, or who signed. */
export type SignatureVerdict =
  | { ok: true; accessKeyId: string }
  | { ok: false; code: SignatureErrorCode; status: 400 | 403; message: string };

type SignatureErrorCode =
  | 'MissingAuthenticationTokenException'
  | 'IncompleteSignatureException'
  | 'UnrecognizedClientException'
  | 'InvalidSignatureException';

interface Authorization {
  accessKeyId: string;
  /** `20260131/eu-west-1/lambda/aws4_request` */
  scope: string;
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const SKEW_MS = 15 * 60_000;
const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
const SIGNATURE = /^[0-9a-f]{64}$/;
const ENDS_WITH_SIGNATURE = /, ?Signature=[0-9a-f]{64}$/;
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

/**
 * Verifies AWS Signature Version 4 in the `Authorization` header: a function that judges requests at a time (epoch
 * milliseconds). It keeps the signing key of the day.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureVerifier(
  policy: SignaturePolicy,
): (request: SignedRequest, nowMs: number) => SignatureVerdict {
  let date = '';
  let mac: ((text: string) => string) | undefined;
  const authorizationIn = authorizationReader();
  const timeOf = remembering(parseStamp);
  return (request, nowMs) => {
    const authorization = authorizationIn(request.headers.authorization);
    if ('ok' in authorization) return authorization;
    const atMs = timeOf(request.headers['x-amz-date'] ?? '');
    const refusal = scopeRefusal(authorization, policy) ?? timeRefusal(request, authorization, atMs, nowMs);
    if (refusal) return refusal;
    const payloadHash = payloadHashOf(request);
    if (payloadHash === undefined) {
      return invalid("The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    if (mac === undefined || date !== authorization.date) {
      mac = macUnder(signingKey(policy.credentials.secretAccessKey, authorization));
      date = authorization.date;
    }
    const text = stringToSign(request, authorization, payloadHash);
    if (!equalInConstantTime(authorization.signature, mac(text))) return invalid(MISMATCH);
    return { ok: true, accessKeyId: authorization.accessKeyId };
  };
}

/** Answers as it did when it is asked the same again. */
function remembering<Answer>(read: (text: string) => Answer): (text: string) => Answer {
  let known: { text: string; answer: Answer } | undefined;
  return (text) => {
    if (known?.text !== text) known = { text, answer: read(text) };
    return known.answer;
  };
}

/** Reads the header of one request after another: a client's differ in the signature alone, at the end. */
function authorizationReader(): typeof parseAuthorization {
  let known: { start: string; authorization: Authorization } | undefined;
  return (header) => {
    if (known && header?.startsWith(known.start)) {
      const signature = header.slice(known.start.length);
      if (SIGNATURE.test(signature)) return { ...known.authorization, signature };
    }
    const authorization = parseAuthorization(header);
    if (header && !('ok' in authorization) && ENDS_WITH_SIGNATURE.test(header)) {
      known = { start: header.slice(0, header.lastIndexOf('=') + 1), authorization };
    }
    return authorization;
  };
}

function parseAuthorization(header: string | undefined): Authorization | SignatureVerdict {
  if (!header) {
    return {
      ok: false,
      code: 'MissingAuthenticationTokenException',
      status: 403,
      message: 'Missing Authentication Token',
    };
  }
  if (!header.startsWith(`${ALGORITHM} `)) {
    return incomplete(`Unsupported AWS 'algorithm': '${header.split(' ', 1)[0]}'.`);
  }
  const fields = new Map<string, string>();
  for (const field of header.slice(ALGORITHM.length).split(',')) {
    const [name = '', ...value] = field.trim().split('=');
    fields.set(name, value.join('='));
  }
  const missing = ['Credential', 'SignedHeaders', 'Signature'].filter((name) => !fields.get(name));
  if (missing.length > 0) {
    return incomplete(missing.map((name) => `Authorization header requires '${name}' parameter.`).join(' '));
  }
  const [accessKeyId, date, region, service, end, ...rest] = (fields.get('Credential') ?? '').split('/');
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || rest.length > 0) {
    return incomplete(`Credential must have exactly 5 slash-delimited elements, ending in aws4_request.`);
  }
  return {
    accessKeyId,
    date,
    region,
    service,
    scope: `${date}/${region}/${service}/${end}`,
    signedHeaders: (fields.get('SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: fields.get('Signature') ?? '',
  };
}

function scopeRefusal(
  { accessKeyId, region, service, signedHeaders }: Authorization,
  policy: SignaturePolicy,
): SignatureVerdict | undefined {
  if (accessKeyId !== policy.credentials.accessKeyId) {
    return {
      ok: false,
      code: 'UnrecognizedClientException',
      status: 403,
      message: 'The security token included in the request is invalid.',
    };
  }
  if (region !== policy.region) {
    return invalid(
      `Credential should be scoped to a valid region, not '${region}' (this is ${policy.region}).`,
    );
  }
  if (service !== policy.service) {
    return invalid(`Credential should be scoped to correct service: '${policy.service}'.`);
  }
  if (!signedHeaders.includes('host')) return invalid("'Host' must be a signed header.");
  return undefined;
}

/** Epoch milliseconds of a time as AWS writes it, `20260131T120000Z`; undefined for what is none. */
function parseStamp(stamp: string): number | undefined {
  const iso = stamp.replace(STAMP, '$1-$2-$3T$4:$5:$6Z');
  const ms = iso === stamp ? Number.NaN : Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}

function timeRefusal(
  { headers }: SignedRequest,
  { date, signedHeaders }: Authorization,
  atMs: number | undefined,
  nowMs: number,
): SignatureVerdict | undefined {
  const stamp = headers['x-amz-date'] ?? '';
  if (atMs === undefined || !signedHeaders.includes('x-amz-date')) {
    return incomplete("Authorization header requires existence of a signed 'X-Amz-Date' header.");
  }
  if (!stamp.startsWith(date)) {
    return invalid(
      `Date in Credential scope does not match YYYYMMDD from X-Amz-Date: '${date}' != '${stamp}'.`,
    );
  }
  if (atMs < nowMs - SKEW_MS) {
    return invalid(
      `Signature expired: ${stamp} is now earlier than ${amzDate(nowMs - SKEW_MS)} (${amzDate(nowMs)} - 15 min.)`,
    );
  }
  if (atMs > nowMs + SKEW_MS) {
    return invalid(
      `Signature not yet current: ${stamp} is still later than ${amzDate(nowMs + SKEW_MS)} (${amzDate(nowMs)} + 15 min.)`,
    );
  }
  return undefined;
}

/** The hash the signature covers; undefined when the header claims another than the body has. */
function payloadHashOf({ headers, body }: SignedRequest): string | undefined {
  const claimed = headers['x-amz-content-sha256'];
  if (claimed === 'UNSIGNED-PAYLOAD') return claimed;
  const actual = sha256Hex(body);
  return claimed === undefined || claimed.toLowerCase() === actual ? (claimed ?? actual) : undefined;
}

function stringToSign(request: SignedRequest, { scope, signedHeaders }: Authorization, hash: string): string {
  const canonical = canonicalRequest(request, signedHeaders, hash);
  return [ALGORITHM, request.headers['x-amz-date'], scope, sha256Hex(canonical)].join('\n');
}

function signingKey(secret: string, { date, region, service }: Authorization): Uint8Array {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request');
}

function amzDate(ms: number): string {
  return new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function incomplete(message: string): SignatureVerdict {
  return { ok: false, code: 'IncompleteSignatureException', status: 400, message };
}

function invalid(message: string): SignatureVerdict {
  return { ok: false, code: 'InvalidSignatureException', status: 403, message };
}
