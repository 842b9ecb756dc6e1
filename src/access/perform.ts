import type { Caller } from './caller.ts';
import { readInput } from './input.ts';
import type { Call, Named, OperationTable, OutputOf } from './operation.ts';
import { problem } from './problems.ts';

/** Runs an operation for a caller. Every door is handed one, so that what holds for all calls is written once. */
export type Perform = <Declared extends Named>(
  operation: Declared,
  input: unknown,
  caller: Caller,
) => Promise<OutputOf<Declared>>;

/** Whether the caller has the permission that an operation needs. */
export function mayPerform({ permission }: Named, { permissions }: Caller): boolean {
  return permissions.includes(permission);
}

/**
 * Checks the permission, then the input, and runs the operation.
 * Throws `access.forbidden` (403), `access.invalid-input` (400) and the Problems of the operation.
 */
export const perform: Perform = async (operation, input, caller) => {
  if (!mayPerform(operation, caller)) {
    throw problem(
      'forbidden',
      `${caller.name} may not ${operation.name}: it needs the permission "${operation.permission}"`,
    );
  }
  const answer = await operation.run(readInput(operation.input, input), caller);
  return operation.output.parse(answer) as OutputOf<typeof operation>;
};

/** Calls a table's operations in this process, for one caller. */
export function localCall<Table extends OperationTable>(table: Table, caller: Caller): Call<Table> {
  return (name, ...[input = {}]) => perform(table[name] as Named, input, caller) as Promise<never>;
}
