import { invalidParameter, violation } from '../../errors.ts';
import { MIN_UNRESERVED_CONCURRENCY } from '../../limits.ts';
import { type CatalogContext, recordOf } from '../functions.ts';
import type { FunctionRecord } from '../records.ts';

/** No function has this name, so it can name the lock of what all functions share. */
const ACCOUNT = ' account';

/** Runs a change of what functions have of the account's concurrency, one after the other. */
export function sharing<T>(context: CatalogContext, change: () => Promise<T>): Promise<T> {
  return context.store.exclusive(ACCOUNT, change);
}

/**
 * Reserves concurrency for a function: it may run that many invocations at a time, and nobody else may use them. 0 stops
 * the function. Throws InvalidParameterValueException when too little of the account's concurrency would be left.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export async function reserveConcurrency(
  context: CatalogContext,
  name: string,
  wanted: unknown,
  accountConcurrency: number,
): Promise<number> {
  if (!Number.isInteger(wanted) || Number(wanted) < 0) {
    throw violation(wanted, 'reservedConcurrentExecutions', 'have value greater than or equal to 0');
  }
  const reserved = Number(wanted);
  return await sharing(context, async () => {
    const record = recordOf(context, name);
    const provisioned = provisionedConcurrency(record);
    if (reserved < provisioned) {
      throw invalidParameter(
        `ReservedConcurrentExecutions ${reserved} should not be lower than function's total provisioned concurrency [${provisioned}].`,
      );
    }
    const others = reservedConcurrency(context) - heldBy(record);
    if (reserved > 0 && accountConcurrency - others - reserved < MIN_UNRESERVED_CONCURRENCY) {
      throw invalidParameter(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${MIN_UNRESERVED_CONCURRENCY}].`,
      );
    }
    await save(context, name, reserved);
    return reserved;
  });
}

/** Gives the reservation back; a function without one is no error, as in AWS. */
export async function releaseConcurrency(context: CatalogContext, name: string): Promise<void> {
  await save(context, name, undefined);
}

/** What all functions together have reserved or, without a reservation, provisioned. */
export function reservedConcurrency(context: CatalogContext): number {
  return context.store.list().reduce((sum, record) => sum + heldBy(record), 0);
}

/** What of the account's concurrency only this function can use: its provisioned part lies in the reserved one. */
export function heldBy(record: FunctionRecord): number {
  return record.reservedConcurrency ?? provisionedConcurrency(record);
}

/** What a function has provisioned for all its versions and aliases. */
export function provisionedConcurrency(record: FunctionRecord): number {
  return record.provisioned.reduce((sum, { requested }) => sum + requested, 0);
}

async function save(context: CatalogContext, name: string, reserved: number | undefined): Promise<void> {
  await context.store.exclusive(name, async () => {
    await context.store.save({ ...recordOf(context, name), reservedConcurrency: reserved });
  });
}
