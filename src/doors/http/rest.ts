import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Caller, Operation } from '../../access/operation.ts';
import { problem as forbidden } from '../../access/problems.ts';
import { problem } from './problems.ts';

/** Makes one route of each operation. `authenticate` throws the Problem that refuses a caller. */
export function restRoutes(
  app: FastifyInstance,
  operations: readonly Operation[],
  authenticate: (request: FastifyRequest) => Caller,
): void {
  for (const operation of operations) {
    app.route({
      method: operation.method,
      url: operation.path,
      handler: async (request, reply) => {
        const caller = authenticate(request);
        if (!caller.permissions.includes(operation.permission)) {
          throw forbidden('forbidden', `${caller.name} may not "${operation.permission}"`);
        }
        const input = readInput(operation, request);
        const result = await operation.run(input, caller);
        return reply.header('cache-control', 'no-store').send(operation.output.parse(result));
      },
    });
  }
}

function readInput(operation: Operation, request: FastifyRequest): unknown {
  const body = request.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw problem('invalid-input', `the body of ${operation.name} must be a JSON object`);
  }
  const merged = { ...(request.query as object), ...body, ...(request.params as object) };
  const parsed = operation.input.safeParse(merged, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw problem('invalid-input', parsed.error.issues.map(describe).join('; '));
}

function describe(issue: z.core.$ZodIssue): string {
  return `${issue.path.length > 0 ? issue.path.join('.') : 'input'} ${demand(issue)}`;
}

/** A number has a size, a text a length. */
const isText = ({ origin }: { origin: string }) => origin === 'string';

/** What an input must be, in words for people. */
function demand(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing: give a ${issue.expected}`
        : `must be a ${issue.expected}`;
    case 'too_small':
      return isText(issue)
        ? `must have at least ${issue.minimum} characters`
        : `must be ${issue.minimum} or more`;
    case 'too_big':
      return isText(issue)
        ? `must have at most ${issue.maximum} characters`
        : `must be ${issue.maximum} or less`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    default:
      return issue.message.toLowerCase();
  }
}
