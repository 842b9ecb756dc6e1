import { randomUUID } from 'node:crypto';
import type { ApiContext } from '../api/operation.ts';
import type { FunctionRecord, UrlRecord } from '../catalog/records.ts';
import { LambdaError } from '../errors.ts';
import { type InvokeInput, newTraceId } from '../invocations/invocations.ts';
import { routedInput } from '../invocations/routing.ts';
import { invokeStreamed } from '../invocations/streamed-invocation.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import { badGateway, messageAnswer, type UrlAnswer, urlAnswer } from './answer.ts';
import { preflightAnswer, withCors } from './cors.ts';
import { type UrlRequest, urlEvent } from './event.ts';
import { streamedUrlAnswer } from './stream.ts';

type UrlContext = Pick<ApiContext, 'catalog' | 'draw' | 'units' | 'invocations' | 'log'>;

/** The data plane of function URLs: each request becomes an invocation, its result an HTTP answer. */
export class FunctionUrls {
  #context: UrlContext;

  constructor(context: UrlContext) {
    this.#context = context;
  }

  /** Who may call a URL; undefined when there is none with this id. */
  authType(urlId: string): UrlRecord['authType'] | undefined {
    return this.#find(urlId)?.url.authType;
  }

  /** Never rejects. */
  async answer(urlId: string, request: UrlRequest): Promise<UrlAnswer> {
    const found = this.#find(urlId);
    if (!found) return messageAnswer(404, 'Not Found');
    const { record, url } = found;
    const { cors } = url;
    if (cors === undefined) return await this.#answer(record, url, request);
    return (
      preflightAnswer(cors, request) ?? withCors(cors, request, await this.#answer(record, url, request))
    );
  }

  #find(urlId: string): { record: FunctionRecord; url: UrlRecord } | undefined {
    const record = this.#context.catalog.store.withUrl(urlId);
    const url = record?.urls.find(({ id }) => id === urlId);
    return record && url && { record, url };
  }

  async #answer(record: FunctionRecord, url: UrlRecord, request: UrlRequest): Promise<UrlAnswer> {
    if (url.authType === 'AWS_IAM' && request.accessKeyId === undefined)
      return messageAnswer(403, 'Forbidden');
    try {
      const { accountId } = this.#context.catalog.account;
      const nowMs = this.#context.catalog.clock.now();
      const traceId = request.headers['x-amzn-trace-id'] ?? newTraceId(nowMs);
      const event = urlEvent(request, { urlId: url.id, accountId, requestId: randomUUID(), traceId, nowMs });
      const payload = Buffer.from(JSON.stringify(event));
      if (payload.length > MAX_PAYLOAD_BYTES) return messageAnswer(413, 'Request Entity Too Large');
      return await this.#invoke(url, {
        ...routedInput(this.#context, record.name, url.alias, (units) => units.ofHeaders(request.headers)),
        payload,
        traceId,
        clientContext: undefined,
        tail: false,
      });
    } catch (error) {
      if (error instanceof LambdaError) return messageAnswer(error.status, error.message);
      const stack = error instanceof Error ? error.stack : error;
      this.#context.log.error({ urlId: url.id, error: stack }, 'function url');
      return messageAnswer(500, 'Internal Server Error');
    }
  }

  async #invoke({ invokeMode }: UrlRecord, input: InvokeInput): Promise<UrlAnswer> {
    const { invocations } = this.#context;
    if (invokeMode === 'RESPONSE_STREAM') {
      const answered = Promise.withResolvers<number>();
      try {
        const stream = await invokeStreamed(invocations, { ...input, httpStatusOf: () => answered.promise });
        const answer = await streamedUrlAnswer(stream);
        answered.resolve(answer.status);
        return answer;
      } finally {
        // Of no effect when it was answered.
        answered.resolve(500);
      }
    }
    let answer = badGateway();
    const httpStatusOf = (result: Buffer | undefined) => {
      if (result) answer = urlAnswer(result);
      return answer.status;
    };
    await invocations.invoke({ ...input, httpStatusOf });
    return answer;
  }
}
