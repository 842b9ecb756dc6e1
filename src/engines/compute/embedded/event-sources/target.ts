import { recordOf, versionOf } from '../catalog/functions.ts';
import { LambdaError } from '../errors.ts';
import type { InvokeOutcome } from '../invocations.ts';
import type { ApiContext } from '../operations/operation.ts';
import { routedInput } from '../routing.ts';

/** The functions, as those who process queues see them. */
export interface Target {
  /** How long an invocation may take; undefined when there is no such function, or no such version or alias of it. */
  timeoutMs(functionName: string, qualifier: string | undefined): number | undefined;
  /** Runs one invocation; an alias' weights are drawn for it. Throws AWS's errors of Invoke. */
  invoke(functionName: string, qualifier: string | undefined, payload: Buffer): Promise<InvokeOutcome>;
}

export function functionTarget(context: Pick<ApiContext, 'catalog' | 'draw' | 'invocations'>): Target {
  const { catalog, invocations } = context;
  return {
    timeoutMs(name, qualifier) {
      try {
        return (
          versionOf(catalog, recordOf(catalog, name, qualifier), qualifier).version.timeoutSeconds * 1_000
        );
      } catch (error) {
        if (error instanceof LambdaError) return undefined;
        throw error;
      }
    },
    invoke: async (name, qualifier, payload) =>
      await invocations.invoke({
        ...routedInput(context, name, qualifier),
        payload,
        traceId: undefined,
        clientContext: undefined,
        tail: false,
      }),
  };
}
