import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Caller } from '../../../access/caller.ts';
import type { Named, OperationTable } from '../../../access/operation.ts';
import type { Perform } from '../../../access/perform.ts';
import { partsOf } from '../../../access/route.ts';
import { problem } from '../problems.ts';
import { queryReader } from './query.ts';

export interface RestOptions {
  operations: OperationTable;
  perform: Perform;
  /** Throws the Problem that refuses a caller. */
  authenticate(request: FastifyRequest): Promise<Caller>;
}

/** Makes one route of each operation. Path parameters, query and JSON body are merged into one input. */
export function restRoutes(app: FastifyInstance, { operations, perform, authenticate }: RestOptions): void {
  for (const operation of Object.values(operations)) {
    const { method, path } = partsOf(operation.route);
    const inputOf = inputReader(operation);
    app.route({
      method,
      url: path,
      handler: async (request, reply) => {
        const caller = await authenticate(request);
        const answer = await perform(operation, inputOf(request), caller);
        return reply.header('cache-control', 'no-store').send(answer);
      },
    });
  }
}

function inputReader({ name, input }: Named): (request: FastifyRequest) => object {
  const query = queryReader(input);
  return (request) => {
    const body = request.body ?? {};
    if (typeof body !== 'object' || Array.isArray(body)) {
      throw problem('invalid-input', `the body of ${name} must be a JSON object`);
    }
    return { ...query(request.query as object), ...body, ...(request.params as object) };
  };
}
