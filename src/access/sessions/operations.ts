import { z } from 'zod';
import { PERMISSIONS } from '../caller.ts';
import { defineOperations, operation } from '../operation.ts';
import { accessRoutes } from './routes.ts';

export function accessOperations() {
  return defineOperations(accessRoutes, {
    showSession: operation({
      summary: 'Who the caller is, and what they may do',
      permission: null,
      effect: 'reads',
      input: z.object({}),
      output: z.object({ name: z.string(), permissions: z.array(z.enum(PERMISSIONS)) }),
      run: async (_input, { name, permissions }) => ({ name, permissions: [...permissions] }),
    }),
  });
}
