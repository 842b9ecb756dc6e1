import type { Queues } from '../../sqs/queues.ts';
import type { EventInvocationWorker } from '../async/worker.ts';
import type { CatalogContext } from '../catalog/functions.ts';
import { type FunctionReference, functionReference } from '../catalog/names.ts';
import { LATEST } from '../catalog/records.ts';
import type { Packages } from '../catalog/storage/packages.ts';
import { invalidParameter, LambdaError } from '../errors.ts';
import type { EventSources } from '../event-sources/event-sources.ts';
import type { Invocations } from '../invocations/invocations.ts';
import type { AroundChange, Log, Units } from '../ports.ts';
import type { Route } from './route.ts';

/** One request of the Lambda API, its body complete and its signature verified. */
export interface ApiRequest {
  method: string;
  /** Path as sent, without the query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface ApiAnswer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  /** What follows the body, part by part as it comes; the body's length is not known then. */
  stream?: AsyncIterable<Uint8Array>;
}

export interface ApiContext {
  catalog: CatalogContext;
  packages: Packages;
  invocations: Invocations;
  /** The public address of a function URL. */
  functionUrl(urlId: string): string;
  /** A number in [0, 1) for each routing decision. */
  draw(): number;
  units: Units | undefined;
  /** Invocations of all functions at a time. */
  accountConcurrency: number;
  /** Execution environments of one version at most. */
  concurrencyPerVersion: number;
  log: Log;
  /** Undefined: changes are not recorded. */
  aroundChange: AroundChange | undefined;
  /** Undefined where there is no state engine. */
  queues: Queues | undefined;
  eventSources: EventSources | undefined;
  /** Asynchronous invocations: undefined without a state engine. */
  events: Pick<EventInvocationWorker, 'accept' | 'wake' | 'stop' | 'ended'> | undefined;
}

export interface ApiOperation {
  /** AWS's name of the operation. */
  name: string;
  /** What AWS's messages call it, where that is another name. */
  nameInMessages?: string;
  route: Route;
  /** Largest request body; a request above it is refused before it is read. MAX_REQUEST_BYTES unless given. */
  largestBodyBytes?: number;
  /** `parameters` are the labels of the route, decoded, in the order of its template. */
  run(context: ApiContext, request: ApiRequest, parameters: string[]): Promise<ApiAnswer> | ApiAnswer;
}

export function jsonAnswer(status: number, value: object): ApiAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(value)),
  };
}

export function emptyAnswer(status: number): ApiAnswer {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

/** The request's JSON object; an absent body is an empty one. */
export function bodyOf(request: ApiRequest): Record<string, unknown> {
  if (request.body.length === 0) return {};
  const value = parseJson(request.body, 'SerializationException');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LambdaError('SerializationException', 'The request body must be a JSON object');
  }
  return value as Record<string, unknown>;
}

/** Throws `type` for what is no JSON: the body of an operation, or the payload of an invocation. */
export function parseJson(
  bytes: Uint8Array,
  type: 'SerializationException' | 'InvalidRequestContentException',
): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    const reason = (error as Error).message;
    throw new LambdaError(type, `Could not parse request body into json: ${reason}`);
  }
}

/** An optional member that must be a string when present. */
export function optionalText(body: Record<string, unknown>, member: string): string | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw invalidParameter(`${member} must be a string`);
}

/** The function that a path names, with the qualifier of the name or of the query. */
export function referenceOf(request: ApiRequest, reference = ''): FunctionReference {
  return functionReference(reference, request.query.get('Qualifier'));
}

/** The function that a path names, for an operation that versions and aliases do not have. */
export function unqualifiedName(request: ApiRequest, reference: string | undefined): string {
  const { name, qualifier } = referenceOf(request, reference);
  if (qualifier === undefined) return name;
  throw invalidParameter(
    'This operation is permitted on Lambda functions only. Aliases and versions do not support this operation. Please specify either a function name or an unqualified function ARN.',
  );
}

/** Changes go to `$LATEST`; a reference to another version cannot be changed. */
export function latestOf(reference = ''): string {
  const { name, qualifier } = functionReference(reference, undefined);
  if (qualifier !== undefined && qualifier !== LATEST) {
    throw invalidParameter(`${qualifier} cannot be changed: only ${LATEST} can.`);
  }
  return name;
}
