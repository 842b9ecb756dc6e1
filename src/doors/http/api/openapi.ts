import { z } from 'zod';
import type { Named, OperationTable } from '../../../access/operation.ts';
import { partsOf } from '../../../access/route.ts';

type JsonSchema = Record<string, unknown> & { properties?: Record<string, unknown>; required?: string[] };

/** The OpenAPI 3.1 document of a table of operations; its schemas are JSON Schema 2020-12 as zod writes them. */
export function openApi(operations: OperationTable, version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const operation of Object.values(operations)) {
    const { method, path } = partsOf(operation.route);
    const template = path.replace(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: entry(operation) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Upstack', version, description: 'The control room: what the dashboard and the CLI use.' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: PROBLEM_SCHEMA },
    },
  };
}

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What is wrong, where, and what to do.' },
  },
};

function entry(operation: Named): object {
  const input = z.toJSONSchema(operation.input, { io: 'input' }) as JsonSchema;
  const { parameters: inPath, hasBody } = partsOf(operation.route);
  const rest = Object.entries(input.properties ?? {}).filter(([name]) => !inPath.includes(name));
  const required = input.required ?? [];
  const parameters = inPath.map((name) => parameter(name, 'path', input.properties?.[name], true));
  if (!hasBody)
    parameters.push(
      ...rest.map(([name, schema]) => parameter(name, 'query', schema, required.includes(name))),
    );
  return {
    operationId: operation.name,
    summary: operation.summary,
    'x-upstack-effect': operation.effect,
    ...(operation.permission !== null && { 'x-upstack-permission': operation.permission }),
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody && { requestBody: body(Object.fromEntries(rest), required) }),
    responses: {
      200: {
        description: 'The result',
        content: {
          'application/json': { schema: withoutDialect(z.toJSONSchema(operation.output, { io: 'output' })) },
        },
      },
      default: {
        description: 'What went wrong (RFC 9457)',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parameter(name: string, where: 'path' | 'query', schema: unknown, required: boolean): object {
  return { name, in: where, required, schema: schema ?? { type: 'string' } };
}

function body(properties: Record<string, unknown>, required: string[]): object {
  const present = required.filter((name) => name in properties);
  const schema = { type: 'object', properties, ...(present.length > 0 && { required: present }) };
  return { required: present.length > 0, content: { 'application/json': { schema } } };
}

function withoutDialect({ $schema, ...schema }: Record<string, unknown>): object {
  return schema;
}
