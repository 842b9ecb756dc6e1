import assert from 'node:assert/strict';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type Member, type Operation, operationOf, type Shape, type Structure } from '../clients/model.ts';
import type { ComputeUnderTest } from '../support/functions-made.ts';

/** One answer as it came over HTTP, before the SDK read it. */
export interface RawAnswer {
  operation: string;
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * Errors that AWS answers any operation with, before the operation begins; the model of an operation does not repeat
 * them. Source: https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html
 */
const COMMON_ERRORS = new Map([
  ['ValidationException', 400],
  ['SerializationException', 400],
  ['UnknownOperationException', 404],
  ['RequestEntityTooLargeException', 413],
]);

const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** Hands every answer that the client gets to `judge`, unread. */
export function observe(client: LambdaClient, judge: (answer: RawAnswer) => void): void {
  client.middlewareStack.add(
    (next, context) => async (request) => {
      const result = await next(request);
      const response = result.response as {
        statusCode: number;
        headers: Record<string, string>;
        body: AsyncIterable<Uint8Array> | Uint8Array;
      };
      const operation = (context.commandName ?? '').replace(/Command$/, '');
      const { statusCode: status, headers } = response;
      if (headers['content-type'] === EVENT_STREAM) {
        // Its messages are read by the SDK while they come.
        judge({ operation, status, headers, body: Buffer.alloc(0) });
        return result;
      }
      const parts: Uint8Array[] = [];
      for await (const part of response.body as AsyncIterable<Uint8Array>) parts.push(part);
      const body = Buffer.concat(parts);
      // The SDK makes the body it reads another class, so it gets its own.
      response.body = Buffer.from(body);
      judge({ operation, status, headers, body });
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'observeAnswers' },
  );
}

/** The engine with every answer judged: a call fails when its answer is not what the model declares. */
export async function judged<T extends ComputeUnderTest>(opening: Promise<T>): Promise<T> {
  const under = await opening;
  observe(under.client, (answer) => assert.deepEqual(faultsOf(answer), [], answer.operation));
  return under;
}

/** Everything in which an answer differs from what AWS's model declares; empty when it is right. */
export function faultsOf(answer: RawAnswer): string[] {
  const model = operationOf(answer.operation);
  const faults = answer.headers['x-amzn-requestid'] ? [] : ['no x-amzn-requestid'];
  return [...faults, ...(answer.status >= 300 ? errorFaults(model, answer) : successFaults(model, answer))];
}

function successFaults(model: Operation, answer: RawAnswer): string[] {
  const members = model.output.members();
  // Where a member of the answer is the status, AWS documents several: Invoke and DeleteFunction say which it was.
  const variable = members.some(({ place }) => place === 'status');
  const faults =
    variable || answer.status === model.status ? [] : [`status ${answer.status}, not ${model.status}`];
  for (const member of members) {
    if (typeof member.place !== 'object') continue;
    faults.push(...textFaults(member, answer.headers[member.place.header]));
  }
  if (members.some(({ place }) => place === 'payload')) return faults;
  if (answer.status === 204 || members.every(({ place }) => place !== 'body')) {
    return answer.body.length === 0 ? faults : [...faults, 'a body where there is none'];
  }
  return [...faults, ...structureFaults(model.output, JSON.parse(answer.body.toString('utf8')), '')];
}

function errorFaults(model: Operation, answer: RawAnswer): string[] {
  const type = answer.headers['x-amzn-errortype'] ?? '';
  const status = model.errors.get(type) ?? COMMON_ERRORS.get(type);
  if (status === undefined) return [`${model.name} declares no error ${type || '(none is named)'}`];
  const faults = answer.status === status ? [] : [`${type} with status ${answer.status}, not ${status}`];
  const { message } = JSON.parse(answer.body.toString('utf8')) as { message?: unknown };
  if (typeof message !== 'string' || message === '') faults.push(`${type} without a message`);
  return faults;
}

function textFaults(member: Member, value: string | undefined): string[] {
  if (value === undefined) return member.required ? [`${member.name} is missing`] : [];
  return valueFaults(member, value, member.name);
}

function structureFaults(structure: Structure, value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${path} is no ${structure.name}`];
  const members = new Map(structure.members().map((member) => [member.name, member]));
  const strange = Object.keys(value).filter((name) => !members.has(name));
  const faults = strange.map((name) => `${path}.${name} is not in the model`);
  for (const [name, member] of members) {
    if (member.place !== 'body') continue;
    const present = (value as Record<string, unknown>)[name];
    if (present !== undefined && present !== null)
      faults.push(...valueFaults(member, present, `${path}.${name}`));
    else if (member.required) faults.push(`${path}.${name} is missing`);
  }
  return faults;
}

function valueFaults({ shape, values }: Member, value: unknown, path: string): string[] {
  const faults = shapeFaults(shape, value, path);
  const found = Array.isArray(value) ? value : [value];
  const strange = values === undefined ? [] : found.filter((one) => !values.includes(one as string));
  return [...faults, ...strange.map((one) => `${path} has the value ${String(one)}, none of AWS's`)];
}

function shapeFaults(shape: Shape, value: unknown, path: string): string[] {
  if (typeof shape === 'string') return isOf(shape, value) ? [] : [`${path} is no ${shape}`];
  if (shape.kind === 'structure') return structureFaults(shape, value, path);
  if (shape.kind === 'list') {
    if (!Array.isArray(value)) return [`${path} is no list`];
    return value.flatMap((one, i) => shapeFaults(shape.of, one, `${path}[${i}]`));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no map`];
  return Object.entries(value).flatMap(([key, one]) => shapeFaults(shape.of, one, `${path}.${key}`));
}

function isOf(shape: Extract<Shape, string>, value: unknown): boolean {
  if (shape === 'any') return true;
  if (shape === 'number' || shape === 'time') return typeof value === 'number' && Number.isFinite(value);
  if (shape === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string';
}
