import type { EventInvocationInput } from '../../async/event.ts';
import { functionReference } from '../../catalog/names.ts';
import { eventTooLarge, LambdaError, notInSet, notSupported, payloadTooLarge } from '../../errors.ts';
import type { InvokeInput } from '../../invocations/invocations.ts';
import { routedInput, unitIn } from '../../invocations/routing.ts';
import { MAX_CLIENT_CONTEXT, MAX_EVENT_BYTES, MAX_PAYLOAD_BYTES } from '../../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  emptyAnswer,
  parseJson,
} from '../operation.ts';
import { route } from '../route.ts';

export const INVOKE: ApiOperation = {
  name: 'Invoke',
  nameInMessages: 'InvokeFunction',
  route: route('POST', '/2015-03-31/functions/{FunctionName}/invocations'),
  largestBodyBytes: MAX_PAYLOAD_BYTES,
  run: invoke,
};

const EMPTY_EVENT = Buffer.from('{}');

/**
 * Runs the function and returns its result; a function error still returns 200. An event is acknowledged when it is
 * durable.
 */
async function invoke(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { input, type, qualifier } = invocationOf(context, request, reference);
  if (type === 'DryRun') return emptyAnswer(204);
  if (type === 'Event') {
    const { record, payload, traceId, clientContext } = input;
    const event = { functionName: record.name, qualifier, payload, traceId, clientContext };
    return await acceptEvent(context, event);
  }
  const outcome = await context.invocations.invoke(input);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'x-amz-executed-version': input.version.version,
    'x-amzn-requestid': outcome.requestId,
  };
  if (!outcome.ok) headers['x-amz-function-error'] = 'Unhandled';
  if (outcome.log !== undefined) headers['x-amz-log-result'] = Buffer.from(outcome.log).toString('base64');
  return { status: 200, headers, body: outcome.payload };
}

/** Answers 202 when the event is durable. Throws InvalidParameterValueException where nothing could keep it. */
export async function acceptEvent(context: ApiContext, event: EventInvocationInput): Promise<ApiAnswer> {
  if (!context.events) throw notSupported('Asynchronous invocation without a state engine');
  const requestId = await context.events.accept(event);
  return { ...emptyAnswer(202), headers: { 'x-amzn-requestid': requestId } };
}

/** Parses and validates an Invoke request; DryRun stops here. Throws AWS's errors of Invoke. */
export function invocationOf(
  context: ApiContext,
  request: ApiRequest,
  reference = '',
  types = ['Event', 'RequestResponse', 'DryRun'],
): { input: InvokeInput; type: string; qualifier: string | undefined } {
  const { name, qualifier } = functionReference(reference, request.query.get('Qualifier'));
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (!types.includes(type)) throw notInSet(type, 'invocationType', types);
  for (const header of ['x-amz-durable-execution-name', 'x-amz-tenant-id']) {
    if (request.headers[header] !== undefined) throw notSupported(`Header ${header}`);
  }
  const clientContext = () => clientContextOf(request.headers['x-amz-client-context']);
  const input = routedInput(context, name, qualifier, unitIn(clientContext));
  if (type === 'Event' && request.body.length > MAX_EVENT_BYTES) throw eventTooLarge(request.body.length);
  if (request.body.length > MAX_PAYLOAD_BYTES) {
    throw payloadTooLarge(MAX_PAYLOAD_BYTES, 'InvokeFunction');
  }
  if (type !== 'DryRun' && request.body.length > 0) parseJson(request.body, 'InvalidRequestContentException');
  const asked: InvokeInput = {
    ...input,
    payload: request.body.length > 0 ? request.body : EMPTY_EVENT,
    traceId: request.headers['x-amzn-trace-id'],
    clientContext: clientContext(),
    tail: wantsTail(request.headers['x-amz-log-type']),
  };
  return { input: asked, type, qualifier };
}

function wantsTail(logType = 'None'): boolean {
  if (logType === 'None' || logType === 'Tail') return logType === 'Tail';
  throw notInSet(logType, 'logType', ['None', 'Tail']);
}

/** The client context is base64 of a JSON object, and reaches the function as a header in ASCII. */
function clientContextOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const value = header.length > MAX_CLIENT_CONTEXT ? undefined : decoded(header);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new LambdaError(
      'InvalidRequestContentException',
      `Client context must be a valid Base64-encoded JSON object of at most ${MAX_CLIENT_CONTEXT} bytes.`,
    );
  }
  const text = JSON.stringify(value);
  return text.replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function decoded(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
