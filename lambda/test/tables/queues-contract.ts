/** Holds every answer of the SQS API against AWS's own model of it, as its SDK carries it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as sdk from '@aws-sdk/client-sqs';

/** One answer as it came over HTTP, before the SDK read it. */
export interface SqsAnswer {
  operation: string;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

type Schema = unknown[];
const NAMED = sdk as Record<string, unknown>;
const commands = join(
  dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-sqs')),
  '../dist-types/commands',
);

/**
 * Errors outside the model, with the code of the query protocol and the status.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
 */
const COMMON_ERRORS = new Map<string, [string, number]>([
  ['InvalidParameterValueException', ['InvalidParameterValue', 400]],
  ['MissingRequiredParameterException', ['MissingParameter', 400]],
  ['SerializationException', ['SerializationException', 400]],
  ['UnknownOperationException', ['InvalidAction', 400]],
  ['RequestEntityTooLarge', ['RequestEntityTooLarge', 413]],
]);

/** The client with every answer judged: a call fails when its answer is not what the model declares. */
export function judged(client: sdk.SQSClient): sdk.SQSClient {
  observe(client, (answer) => assert.deepEqual(sqsFaultsOf(answer), [], answer.operation));
  return client;
}

/** Hands every answer that the client gets to `judge`, unread. */
export function observe(client: sdk.SQSClient, judge: (answer: SqsAnswer) => void): void {
  client.middlewareStack.add(
    (next, context) => async (request) => {
      const result = await next(request);
      const response = result.response as {
        statusCode: number;
        headers: Record<string, string>;
        body: AsyncIterable<Uint8Array> | Uint8Array;
      };
      const parts: Uint8Array[] = [];
      for await (const part of response.body as AsyncIterable<Uint8Array>) parts.push(part);
      response.body = Buffer.concat(parts);
      judge({
        operation: (context.commandName ?? '').replace(/Command$/, ''),
        status: response.statusCode,
        headers: response.headers,
        body: response.body.toString(),
      });
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'observeAnswers' },
  );
}

/** Everything in which an answer differs from what AWS's model declares; empty when it is right. */
export function sqsFaultsOf(answer: SqsAnswer): string[] {
  const faults = answer.headers['x-amzn-requestid'] ? [] : ['no x-amzn-requestid'];
  if (answer.headers['content-type'] !== 'application/x-amz-json-1.0') faults.push('another content type');
  if (answer.status !== 200) return [...faults, ...errorFaults(answer)];
  const output = resolved((NAMED[`${answer.operation}$`] as Schema)[5]);
  const value = answer.body === '' ? {} : JSON.parse(answer.body);
  if (output === 'unit') return answer.body === '' ? faults : [...faults, 'a body where there is none'];
  return [...faults, ...shapeFaults(output, value, '')];
}

function errorFaults({ operation, status, headers, body }: SqsAnswer): string[] {
  const { __type, message } = JSON.parse(body) as { __type: string; message: unknown };
  const type = __type.split('#')[1] ?? '';
  const [code, expected] = COMMON_ERRORS.get(type) ?? declaredError(operation, type);
  const faults = code === undefined ? [`${operation} declares no error ${type}`] : [];
  if (status !== expected) faults.push(`${type} with status ${status}, not ${expected}`);
  if (headers['x-amzn-query-error'] !== `${code};Sender`)
    faults.push(`${type} with ${headers['x-amzn-query-error']}`);
  if (typeof message !== 'string' || message === '') faults.push(`${type} without a message`);
  return faults;
}

/** The query code and status of an error that the operation declares. */
function declaredError(operation: string, type: string): [string | undefined, number] {
  const text = readFileSync(join(commands, `${operation}Command.d.ts`), 'utf8');
  if (!text.includes(`@throws {@link ${type}}`)) return [undefined, 400];
  const traits = (NAMED[`${type}$`] as Schema)[3] as { awsQueryError?: [string, number]; httpError?: number };
  return [traits.awsQueryError?.[0] ?? type, traits.httpError ?? 400];
}

/** Schemas are numbers for simple types, and lists: kind 1 is a list, 2 a map, 3 a structure. */
function shapeFaults(reference: unknown, value: unknown, path: string): string[] {
  const schema = withoutTraits(reference);
  if (typeof schema === 'number') {
    if (schema & 64) return listFaults(schema - 64, value, path);
    const type = ({ 1: 'number', 2: 'boolean' } as Record<number, string>)[schema] ?? 'string';
    return typeof value === type ? [] : [`${path} is no ${type}`];
  }
  const [kind, , , , first, second, required = 0] = schema as Schema;
  if (kind === 1) return listFaults(first, value, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`];
  if (kind === 2)
    return Object.entries(value).flatMap(([key, one]) => shapeFaults(second, one, `${path}.${key}`));
  const names = first as string[];
  const missing = names.slice(0, required as number).filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, one]) => {
      const place = names.indexOf(name);
      const at = `${path}.${name}`;
      return place < 0 ? [`${at} is not in the model`] : shapeFaults((second as Schema)[place], one, at);
    }),
  ];
}

function listFaults(of: unknown, value: unknown, path: string): string[] {
  if (!Array.isArray(value)) return [`${path} is no list`];
  return value.flatMap((one, i) => shapeFaults(of, one, `${path}[${i}]`));
}

/** A member is its schema alone, or a pair of the schema and its traits. */
function withoutTraits(reference: unknown): unknown {
  const schema = resolved(reference);
  return Array.isArray(schema) && schema.length === 2 ? resolved(schema[0]) : schema;
}

function resolved(reference: unknown): unknown {
  return typeof reference === 'function' ? reference() : reference;
}
