import { z } from 'zod';

type Query = Readonly<Record<string, string | string[]>>;

/**
 * Reads a query string for an input schema: numbers and booleans arrive as strings, a list of one value without being a
 * list. What does not read as its type stays as it is, for the schema to reject by name.
 */
export function queryReader(input: z.ZodObject): (query: object) => Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const types = new Map(
    Object.entries(properties).map(([name, schema]) => [name, (schema as { type?: string }).type]),
  );
  return (query) =>
    Object.fromEntries(
      Object.entries(query as Query).map(([name, given]) => [name, readValue(given, types.get(name))]),
    );
}

function readValue(given: string | string[], type: string | undefined): unknown {
  if (type === 'array') return Array.isArray(given) ? given : [given];
  if (typeof given !== 'string') return given;
  if (type === 'number' || type === 'integer') return readNumber(given);
  if (type === 'boolean') return given === 'true' ? true : given === 'false' ? false : given;
  return given;
}

function readNumber(text: string): number | string {
  const number = Number(text);
  return text.trim() === '' || !Number.isFinite(number) ? text : number;
}
