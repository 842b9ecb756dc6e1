/**
 * The table of operations: what the control room can do, each declared once in the `operations.ts` of its module. REST
 * and OpenAPI, the dashboard's client, the CLI's transport and the MCP tools are made from it.
 */
import type { z } from 'zod';
import type { Caller, Permission } from './caller.ts';
import { partsOf, type Route } from './route.ts';

/**
 * What an operation does to the world. `reads` changes nothing; `changes` touches the control room's own records;
 * `acts-on-production` can reach the users of the functions.
 */
export type Effect = 'reads' | 'changes' | 'acts-on-production';

/** What a call acts on, and its state before and after, in a few words for the audit log. */
export interface Facts {
  subject?: string;
  before?: string;
  after?: string;
}

/** Adds facts to a call's audit entry, at any time before the call ends. */
export type Note = (facts: Facts) => void;

/** One operation as its module declares it. */
export interface Operation<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
  Does extends Effect = Effect,
> {
  summary: string;
  /** Null: every authenticated caller. */
  permission: Permission | null;
  effect: Does;
  input: Input;
  output: Output;
  /**
   * Runs without waiting for the audit log, whose entry follows. Only for what ends harm.
   */
  urgent?: true;
  run(input: z.output<Input>, caller: Caller, note: Note): Promise<z.input<Output>>;
}

/** An operation in its table: with its name, which is unique in the control room, and its route. */
export type Named<Declared extends Operation = Operation> = Declared & { name: string; route: Route };

/** Operations by name. */
export type OperationTable = Readonly<Record<string, Named>>;

/** Infers the types of one operation; the identity function at run time. */
export function operation<Input extends z.ZodObject, Output extends z.ZodObject, const Does extends Effect>(
  declared: Operation<Input, Output, Does>,
): Operation<Input, Output, Does> {
  return declared;
}

/**
 * The table of one module. Each route needs an operation of its name, and vice versa.
 * Throws when a route does not fit its operation: an unknown path parameter, a GET that changes something, a change
 * allowed to a caller who may only read.
 */
export function defineOperations<Table extends Record<string, Operation>>(
  routes: { readonly [Name in keyof Table]: Route },
  table: Table,
): { readonly [Name in keyof Table]: Named<Table[Name]> } {
  const unused = Object.keys(routes).filter((name) => !Object.hasOwn(table, name));
  if (unused.length > 0) throw new Error(`no operation for the routes of ${unused.join(', ')}`);
  const named = Object.entries(table).map(([name, declared]) => {
    const route = routes[name] as Route;
    const misfit = misfitOf(declared, route);
    if (misfit) throw new Error(`operation ${name} at ${route}: ${misfit}`);
    return [name, { ...declared, name, route }];
  });
  return Object.fromEntries(named) as { [Name in keyof Table]: Named<Table[Name]> };
}

function misfitOf({ input, effect, permission }: Operation, route: Route): string | undefined {
  const { method, parameters } = partsOf(route);
  const unknown = parameters.filter((parameter) => !Object.hasOwn(input.shape, parameter));
  if (unknown.length > 0) return `its input has no ${unknown.join(', ')}`;
  if (effect !== 'reads' && method === 'GET') return 'a GET must not change anything';
  if (effect !== 'reads' && (permission === 'read' || permission === null))
    return 'a change needs more than the permission to read';
  return undefined;
}

type Merged<Tables> = (Tables extends unknown ? (table: Tables) => void : never) extends (
  merged: infer All,
) => void
  ? All
  : never;

/** One table of several. Throws when two of them have an operation of the same name. */
export function mergeOperations<Tables extends readonly OperationTable[]>(
  ...tables: Tables
): Merged<Tables[number]> {
  const merged: Record<string, Named> = {};
  for (const [name, entry] of tables.flatMap((table) => Object.entries(table))) {
    if (Object.hasOwn(merged, name)) throw new Error(`two operations are named ${name}`);
    merged[name] = entry;
  }
  return merged as Merged<Tables[number]>;
}

/** What a client gives to an operation. */
export type InputOf<Declared> = Declared extends { input: infer Input extends z.ZodType }
  ? z.input<Input>
  : never;

/** What a client gets from an operation. */
export type OutputOf<Declared> = Declared extends { output: infer Output extends z.ZodType }
  ? z.output<Output>
  : never;

/** The names of a table's operations that change nothing. */
export type ReadingName<Table> = {
  [Name in keyof Table & string]: Table[Name] extends { effect: 'reads' } ? Name : never;
}[keyof Table & string];

/** The input of a call; it may be left out where nothing in it is required. */
export type InputArguments<Declared> =
  Record<never, never> extends InputOf<Declared> ? [input?: InputOf<Declared>] : [input: InputOf<Declared>];

/** Calls an operation by its name, with its types. */
export type Call<Api> = <Name extends keyof Api & string>(
  name: Name,
  ...input: InputArguments<Api[Name]>
) => Promise<OutputOf<Api[Name]>>;
