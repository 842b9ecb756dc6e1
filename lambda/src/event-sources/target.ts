import { recordOf, versionOf } from '../catalog/functions.ts';
import { LambdaError } from '../errors.ts';
import type { Invocations, InvokeOutcome } from '../invocations/invocations.ts';
import { isLoop } from '../invocations/lineage.ts';
import { type RoutingContext, routedInput } from '../invocations/routing.ts';

/** The functions, as those who process queues see them. */
export interface Target {
  /** How long an invocation may take; undefined when there is no such function, or no such version or alias of it. */
  timeoutMs(functionName: string, qualifier: string | undefined): number | undefined;
  /** Whether what has come with this trace header would be one invocation of the function too many in its chain. */
  isLoop(functionName: string, traceHeader: string | undefined): boolean;
  /** Runs one invocation; an alias' weights are drawn for it. Throws AWS's errors of Invoke. */
  invoke(
    functionName: string,
    qualifier: string | undefined,
    payload: Buffer,
    traceHeader: string | undefined,
  ): Promise<InvokeOutcome>;
}

export function functionTarget(context: RoutingContext & { invocations: Invocations }): Target {
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
    isLoop(name, traceHeader) {
      const record = catalog.store.get(name);
      return record !== undefined && isLoop(record, traceHeader);
    },
    invoke: async (name, qualifier, payload, traceId) =>
      await invocations.invoke({
        ...routedInput(context, name, qualifier),
        payload,
        traceId,
        clientContext: undefined,
        tail: false,
      }),
  };
}
