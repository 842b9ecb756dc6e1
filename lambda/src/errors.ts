import { MAX_EVENT_BYTES } from './limits.ts';

/** The errors of the Lambda API that the twin answers with, and their HTTP status in AWS's API reference. */
const STATUS = {
  CodeStorageExceededException: 400,
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  SerializationException: 400,
  UnknownOperationException: 404,
  ValidationException: 400,
  ResourceNotFoundException: 404,
  ResourceConflictException: 409,
  PolicyLengthExceededException: 400,
  PreconditionFailedException: 412,
  RecursiveInvocationException: 400,
  ProvisionedConcurrencyConfigNotFoundException: 404,
  RequestEntityTooLargeException: 413,
  RequestTooLargeException: 413,
  UnsupportedMediaTypeException: 415,
  TooManyRequestsException: 429,
  ServiceException: 500,
  InvalidZipFileException: 502,
} as const;

export type LambdaErrorType = keyof typeof STATUS;

/** An answer of the Lambda API that is an error: `{"Type":"User","Message":…}` with header `x-amzn-errortype`. */
export class LambdaError extends Error {
  readonly type: LambdaErrorType;
  readonly status: number;
  /** Extra members of the body, such as TooManyRequestsException's `Reason`. */
  readonly members: Record<string, string>;

  constructor(type: LambdaErrorType, message: string, members: Record<string, string> = {}) {
    super(message);
    this.name = type;
    this.type = type;
    this.status = STATUS[type];
    this.members = members;
  }
}

export function invalidParameter(message: string): LambdaError {
  return new LambdaError('InvalidParameterValueException', message);
}

/** A member that breaks a constraint of AWS's model: `constraint` goes on from "Member must". */
export function violation(value: unknown, member: string, constraint: string): LambdaError {
  return invalidParameter(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}

/** A member that is none of the values AWS has for it. */
export function notInSet(value: unknown, member: string, values: readonly string[]): LambdaError {
  return violation(value, member, `satisfy enum value set: [${values.join(', ')}]`);
}

/** For what AWS Lambda offers and this twin does not yet. */
export function notSupported(what: string): LambdaError {
  return invalidParameter(`${what} is not supported yet by the embedded compute engine.`);
}

/** The message that AWS gives a payload above the synchronous quota. */
export function payloadTooLarge(limit: number, operation: string): LambdaError {
  const type = operation === 'InvokeFunction' ? 'RequestTooLargeException' : 'RequestEntityTooLargeException';
  return new LambdaError(type, `Request must be smaller than ${limit} bytes for the ${operation} operation`);
}

/** The message that AWS gives a payload above the asynchronous quota. */
export function eventTooLarge(bytes: number): LambdaError {
  return new LambdaError(
    'RequestTooLargeException',
    `${bytes} byte payload is too large for the Event invocation type (limit ${MAX_EVENT_BYTES} bytes)`,
  );
}

/** Status, headers and body of an error. */
export function errorAnswer(error: LambdaError): {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
} {
  const fault = error.status >= 500 ? 'Service' : 'User';
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': error.type },
    // AWS writes the message in both spellings, depending on the error; clients read either.
    body: Buffer.from(
      JSON.stringify({ Type: fault, Message: error.message, message: error.message, ...error.members }),
    ),
  };
}
