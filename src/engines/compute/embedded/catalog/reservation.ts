import { invalidParameter, violation } from '../errors.ts';
import { LEAST_UNRESERVED_CONCURRENCY } from '../limits.ts';
import { type CatalogContext, recordOf } from './functions.ts';

/** No function has this name, so it can name the lock of what all functions share. */
const ACCOUNT = ' account';

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
  return await context.store.exclusive(ACCOUNT, async () => {
    const others = reservedConcurrency(context) - (recordOf(context, name).reservedConcurrency ?? 0);
    if (reserved > 0 && accountConcurrency - others - reserved < LEAST_UNRESERVED_CONCURRENCY) {
      throw invalidParameter(
        `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED_CONCURRENCY}].`,
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

/** What all functions together have reserved. */
export function reservedConcurrency(context: CatalogContext): number {
  return context.store.list().reduce((sum, record) => sum + (record.reservedConcurrency ?? 0), 0);
}

async function save(context: CatalogContext, name: string, reserved: number | undefined): Promise<void> {
  await context.store.exclusive(name, async () => {
    await context.store.save({ ...recordOf(context, name), reservedConcurrency: reserved });
  });
}
