import { Problem } from '../../lib/problem.ts';
import { problem } from './problems.ts';

type Reason = Parameters<typeof problem>[0];

const REASONS: Record<string, Reason> = {
  ResourceNotFoundException: 'no-such-function',
  ResourceConflictException: 'already-there',
  PreconditionFailedException: 'already-there',
  InvalidParameterValueException: 'bad-input',
  InvalidRequestContentException: 'bad-input',
  ValidationException: 'bad-input',
  CodeStorageExceededException: 'bad-input',
  UnsupportedMediaTypeException: 'bad-input',
  RequestTooLargeException: 'too-large',
  RequestEntityTooLargeException: 'too-large',
  TooManyRequestsException: 'too-many-invocations',
  AccessDeniedException: 'not-allowed',
  UnrecognizedClientException: 'not-allowed',
  InvalidSignatureException: 'not-allowed',
  IncompleteSignatureException: 'not-allowed',
  MissingAuthenticationTokenException: 'not-allowed',
  ExpiredTokenException: 'not-allowed',
  CredentialsProviderError: 'not-allowed',
  TimeoutError: 'unavailable',
};

const CONNECTION_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
];

/** An error of the AWS SDK as a problem; `what` says what was being done, to which function. */
export function problemOf(error: unknown, what: string): Problem {
  if (error instanceof Problem) return error;
  const { name, message, code, $metadata } = error as {
    name?: string;
    message?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const detail = `${what}: ${message || name || 'unknown error'}`;
  const known = REASONS[name ?? ''];
  if (known) return problem(known, detail, error);
  if (code !== undefined && CONNECTION_CODES.includes(code)) return problem('unavailable', detail, error);
  return problem(($metadata?.httpStatusCode ?? 0) === 503 ? 'unavailable' : 'failed', detail, error);
}
