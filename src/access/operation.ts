import type { z } from 'zod';

/** What a caller may do. `read` looks, `operate` changes functions and runs experiments. */
type Permission = 'read' | 'operate';

/** Who calls an operation: the audit trail's subject. */
export interface Caller {
  name: string;
  permissions: readonly Permission[];
}

/**
 * One thing the control room can do, described once: the HTTP door makes a route with its OpenAPI entry of it and
 * the CLI calls that route. Path parameters (`:runId`), query and JSON body are merged into one `input`.
 */
export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** `module.verb`, also the OpenAPI operationId. */
  name: string;
  summary: string;
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: `/api/${string}`;
  permission: Permission;
  input: Input;
  output: Output;
  run(input: z.output<Input>, caller: Caller): Promise<z.input<Output>>;
}

/** Types one operation; the identity function at run time. */
export function operation<Input extends z.ZodType, Output extends z.ZodType>(
  definition: Operation<Input, Output>,
): Operation {
  return definition as unknown as Operation;
}
