/**
 * AWS's own model of the Lambda API, as its SDK carries it: places and statuses of operations, members of answers, and,
 * from the type declarations, what the compact schemas leave out (enumerations, and the errors of each operation).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as sdk from '@aws-sdk/client-lambda';

export interface Operation {
  name: string;
  method: string;
  /** `/2015-03-31/functions/{FunctionName}`, with the fixed query that some end with. */
  template: string;
  /** The status of success. */
  status: number;
  output: Structure;
  /** Error type -> HTTP status. */
  errors: Map<string, number>;
}

export type Shape = 'text' | 'number' | 'boolean' | 'bytes' | 'time' | 'any' | List | Mapping | Structure;
interface List {
  kind: 'list';
  of: Shape;
}
interface Mapping {
  kind: 'map';
  of: Shape;
}
export interface Structure {
  kind: 'structure';
  name: string;
  /** A function, because structures may contain themselves. */
  members(): Member[];
}

export interface Member {
  name: string;
  shape: Shape;
  required: boolean;
  /** Where HTTP carries it; a header's name is in lower case. */
  place: 'body' | 'payload' | 'status' | { header: string };
  /** The values an enumeration allows; undefined for other members. */
  values: string[] | undefined;
}

type Schema = unknown[];
const NAMED = sdk as Record<string, unknown>;
const declarations = join(
  dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-lambda')),
  '../dist-types',
);

const operations = new Map<string, Operation>();

/** The model of one operation; throws when AWS has none of this name. */
export function operationOf(name: string): Operation {
  const known = operations.get(name) ?? readOperation(name);
  operations.set(name, known);
  return known;
}

function readOperation(name: string): Operation {
  const schema = NAMED[`${name}$`];
  if (!Array.isArray(schema) || schema[0] !== 9) throw new Error(`AWS Lambda has no operation ${name}`);
  const [method, template, status] = (schema[3] as { http: [string, string, number] }).http;
  return { name, method, template, status, output: structureOf(schema[5]), errors: errorsOf(name) };
}

function errorsOf(operation: string): Map<string, number> {
  const text = readFileSync(join(declarations, `commands/${operation}Command.d.ts`), 'utf8');
  const types = [...text.matchAll(/@throws \{@link (\w+)\}/g)].map(([, type]) => type as string);
  return new Map(
    types.filter((type) => type !== 'LambdaServiceException').map((type) => [type, statusOf(type)]),
  );
}

function statusOf(error: string): number {
  const schema = NAMED[`${error}$`] as Schema;
  return (schema[3] as { httpError: number }).httpError;
}

function structureOf(reference: unknown): Structure {
  const schema = resolved(reference);
  if (schema === 'unit') return { kind: 'structure', name: 'nothing', members: () => [] };
  const [, , name, , names, shapes, required = 0] = schema as [
    number,
    string,
    string,
    unknown,
    string[],
    unknown[],
    number?,
  ];
  const members = () => names.map((member, i) => memberOf(name, member, shapes[i], i < required));
  return { kind: 'structure', name, members };
}

function memberOf(structure: string, name: string, reference: unknown, required: boolean): Member {
  const { schema, traits } = withTraits(reference);
  return {
    name,
    shape: shapeOf(schema),
    required,
    place: placeOf(traits),
    values: valuesOf(structure, name),
  };
}

/** Traits are either an object or the sum of numbered bits: https://smithy.io/2.0/spec/http-bindings.html */
function placeOf(traits: unknown): Member['place'] {
  const bits = typeof traits === 'number' ? traits : 0;
  const { httpHeader } = (typeof traits === 'object' ? traits : {}) as { httpHeader?: string };
  if (httpHeader !== undefined) return { header: httpHeader.toLowerCase() };
  if (bits & 16) return 'payload';
  return bits & 32 ? 'status' : 'body';
}

const SIMPLE = new Map<number, Shape>([
  [0, 'text'],
  [1, 'number'],
  [2, 'boolean'],
  [15, 'any'],
  [21, 'bytes'],
  [42, 'bytes'],
]);

function shapeOf(reference: unknown): Shape {
  const schema = withTraits(resolved(reference)).schema;
  if (typeof schema === 'number') return numberedShape(schema);
  const [kind, , , , first, second] = schema as Schema;
  if (kind === 0) return shapeOf(first);
  if (kind === 1) return { kind: 'list', of: shapeOf(first) };
  if (kind === 2) return { kind: 'map', of: shapeOf(second) };
  return structureOf(schema);
}

function numberedShape(schema: number): Shape {
  if (schema & 128) return { kind: 'map', of: numberedShape(schema - 128) };
  if (schema & 64) return { kind: 'list', of: numberedShape(schema - 64) };
  return SIMPLE.get(schema) ?? 'time';
}

/** A member is its schema alone, or a pair of the schema and its traits. */
function withTraits(reference: unknown): { schema: unknown; traits: unknown } {
  const schema = resolved(reference);
  if (!Array.isArray(schema) || schema.length !== 2) return { schema, traits: undefined };
  return { schema: resolved(schema[0]), traits: schema[1] };
}

function resolved(reference: unknown): unknown {
  return typeof reference === 'function' ? reference() : reference;
}

/** Structure -> member -> the declared type. */
const types = new Map(
  [
    ...readFileSync(join(declarations, 'models/models_0.d.ts'), 'utf8').matchAll(
      /^export interface (\w+) \{([\s\S]*?)^\}/gm,
    ),
  ].map(([, structure, body]) => [
    structure,
    new Map(
      [...(body as string).matchAll(/^ {4}(\w+)\??: (\w+)/gm)].map(([, member, type]) => [member, type]),
    ),
  ]),
);

function valuesOf(structure: string, member: string): string[] | undefined {
  const type = types.get(structure)?.get(member);
  const declared = type === undefined ? undefined : NAMED[type];
  if (typeof declared !== 'object' || declared === null || Array.isArray(declared)) return undefined;
  return Object.values(declared);
}
