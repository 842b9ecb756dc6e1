import type { CallToolResult, Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Caller } from '../../access/caller.ts';
import type { Effect, Named, OperationTable } from '../../access/operation.ts';
import { mayPerform, type Perform } from '../../access/perform.ts';

/** What a client may show or ask a person before it calls; the server does not rely on any of it. */
const ANNOTATIONS: Record<Effect, NonNullable<Tool['annotations']>> = {
  reads: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
  changes: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  'acts-on-production': { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
};

/** Said in the description too, because not every client shows annotations to its model. */
const EFFECTS: Record<Effect, string> = {
  reads: '',
  changes: '. Changes records of the control room.',
  'acts-on-production': '. Acts on production: it can reach the users of the functions.',
};

/** One tool of each operation, and how a call of it is answered. */
export class Tools {
  #operations: OperationTable;
  #tools: readonly { operation: Named; tool: Tool }[];
  #perform: Perform;

  constructor(operations: OperationTable, perform: Perform) {
    this.#operations = operations;
    this.#perform = perform;
    this.#tools = Object.values(operations).map((operation) => ({ operation, tool: toolOf(operation) }));
  }

  /** The tools that the caller's permissions allow. */
  list(caller: Caller): Tool[] {
    return this.#tools.filter(({ operation }) => mayPerform(operation, caller)).map(({ tool }) => tool);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#operations, name);
  }

  /** Calls the tool of that name. Throws the Problems of the operation. */
  async call(name: string, input: unknown, caller: Caller): Promise<CallToolResult> {
    const answer = await this.#perform(this.#operations[name] as Named, input, caller);
    return { content: [{ type: 'text', text: JSON.stringify(answer) }], structuredContent: answer };
  }
}

function toolOf({ name, summary, effect, input, output }: Named): Tool {
  return {
    name,
    description: `${summary}${EFFECTS[effect]}`,
    inputSchema: z.toJSONSchema(input, { io: 'input' }) as Tool['inputSchema'],
    outputSchema: z.toJSONSchema(output, { io: 'output' }) as NonNullable<Tool['outputSchema']>,
    annotations: ANNOTATIONS[effect],
  };
}
