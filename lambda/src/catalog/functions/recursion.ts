import { notInSet, violation } from '../../errors.ts';
import { type CatalogContext, recordOf } from '../functions.ts';
import type { RecursiveLoop } from '../records.ts';

const CHOICES: readonly RecursiveLoop[] = ['Allow', 'Terminate'];

/** Says whether a function may go on in a loop. Throws InvalidParameterValueException for what AWS has no word for. */
export async function setRecursiveLoop(
  context: CatalogContext,
  name: string,
  wanted: unknown,
): Promise<RecursiveLoop> {
  if (wanted === undefined || wanted === null) throw violation(null, 'recursiveLoop', 'not be null');
  const recursiveLoop = CHOICES.find((choice) => choice === wanted);
  if (recursiveLoop === undefined) throw notInSet(wanted, 'recursiveLoop', CHOICES);
  await context.store.exclusive(name, async () => {
    await context.store.save({ ...recordOf(context, name), recursiveLoop });
  });
  return recursiveLoop;
}
