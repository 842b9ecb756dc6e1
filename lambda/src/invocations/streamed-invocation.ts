import type { Invocations, InvokeInput, InvokeOutcome } from './invocations.ts';
import { ResponseParts } from './response-parts.ts';

/** An invocation whose response has begun, or has ended without being streamed. */
export interface StreamedInvocation {
  /** What the function says its response is; undefined when it did not stream. */
  contentType: string | undefined;
  parts: ResponseParts;
  /** When the function is done. What it returned without streaming is the payload. */
  ended: Promise<InvokeOutcome>;
}

/** Invokes, and resolves with the first part of the response. Throws TooManyRequestsException. */
export async function invokeStreamed(
  invocations: Pick<Invocations, 'invoke'>,
  input: InvokeInput,
): Promise<StreamedInvocation> {
  const parts = new ResponseParts();
  const begun = Promise.withResolvers<string | undefined>();
  const stream = (part: Buffer, contentType: string) => {
    begun.resolve(contentType);
    return parts.push(part);
  };
  const ended = invocations.invoke({ ...input, stream }).finally(() => parts.end());
  ended.then(() => begun.resolve(undefined), begun.reject);
  return { contentType: await begun.promise, parts, ended };
}
