import { type InvokeComplete, invokeComplete, payloadChunk } from '../../http/event-stream.ts';
import type { InvokeOutcome } from '../../invocations/invocations.ts';
import { invokeStreamed, type StreamedInvocation } from '../../invocations/streamed-invocation.ts';
import { MAX_PAYLOAD_BYTES } from '../../limits.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  emptyAnswer,
} from '../operation.ts';
import { route } from '../route.ts';
import { invocationOf } from './invoke.ts';

/** Source: https://docs.aws.amazon.com/lambda/latest/api/API_InvokeWithResponseStream.html */
export const INVOKE_WITH_RESPONSE_STREAM: ApiOperation = {
  name: 'InvokeWithResponseStream',
  route: route('POST', '/2021-11-15/functions/{FunctionName}/response-streaming-invocations'),
  largestBodyBytes: MAX_PAYLOAD_BYTES,
  run,
};

const NOTHING = new Uint8Array();

/** Answers while the function writes: a message for each part, and one that says how it ended. */
async function run(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const { input, type } = invocationOf(context, request, reference, ['RequestResponse', 'DryRun']);
  if (type === 'DryRun') return emptyAnswer(204);
  const invocation = await invokeStreamed(context.invocations, input);
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amz-executed-version': input.version.version,
      'x-amzn-remapped-content-type': invocation.contentType ?? 'application/json',
    },
    body: NOTHING,
    stream: messages(invocation),
  };
}

async function* messages({ contentType, parts, ended }: StreamedInvocation): AsyncGenerator<Buffer> {
  for await (const part of parts) yield payloadChunk(part);
  const outcome = await ended;
  if (contentType === undefined && outcome.ok) yield payloadChunk(outcome.payload);
  yield invokeComplete(completionOf(outcome));
}

function completionOf({ ok, errorType, payload, log }: InvokeOutcome): InvokeComplete {
  return {
    ...(!ok && { ErrorCode: errorType, ErrorDetails: payload.toString('utf8') }),
    ...(log !== undefined && { LogResult: Buffer.from(log).toString('base64') }),
  };
}
