import type { z } from 'zod';
import type { Caller } from './caller.ts';
import { readInput } from './input.ts';
import type { Call, Named, Note, OperationTable, OutputOf } from './operation.ts';
import { problem } from './problems.ts';

/** Runs an operation for a caller. Every door is handed one, so that what holds for all calls is written once. */
export type Perform = <Declared extends Named>(
  operation: Declared,
  input: unknown,
  caller: Caller,
) => Promise<OutputOf<Declared>>;

/** A call that passed its checks. `run` it at most once. */
export interface Ready<Declared extends Named> {
  input: z.output<Declared['input']>;
  run(note: Note): Promise<OutputOf<Declared>>;
}

/** Whether the caller has the permission that an operation needs. */
export function mayPerform({ permission }: Named, { permissions }: Caller): boolean {
  return permission === null || permissions.includes(permission);
}

/**
 * Checks the permission, then the input.
 * Throws `access.forbidden` (403) and `access.invalid-input` (400); running it throws the Problems of the operation.
 */
export function prepare<Declared extends Named>(
  operation: Declared,
  given: unknown,
  caller: Caller,
): Ready<Declared> {
  if (!mayPerform(operation, caller)) {
    throw problem(
      'forbidden',
      `${caller.name} may not ${operation.name}: it needs the permission "${operation.permission}"`,
    );
  }
  const input = readInput(operation.input, given) as z.output<Declared['input']>;
  return {
    input,
    run: async (note) =>
      operation.output.parse(await operation.run(input, caller, note)) as OutputOf<Declared>,
  };
}

/** Performs without an audit entry: for reading operations and tests. */
export const perform: Perform = async (operation, input, caller) =>
  prepare(operation, input, caller).run(() => undefined);

/** Calls a table's operations in this process, for one caller. */
export function localCall<Table extends OperationTable>(table: Table, caller: Caller): Call<Table> {
  return (name, ...[input = {}]) => perform(table[name] as Named, input, caller) as Promise<never>;
}
