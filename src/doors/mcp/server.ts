/** The MCP server itself. Loaded with the first request: the package costs 0.2 s of CPU and 13 MB. */
import {
  createMcpHandler,
  type McpHttpHandler,
  McpServer,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server';
import type { Caller } from '../../access/caller.ts';
import { problemAnswer } from '../http/problem-json.ts';
import type { Tools } from './tools.ts';

export interface ServerOptions {
  tools: Tools;
  version: string;
  /** Told of failures that are not the caller's. */
  report(error: unknown, tool: string): void;
}

/** Streams of clients that wait for a change of the list of tools, which never comes. */
const MAX_SUBSCRIPTIONS = 16;

/** Characters of an error: some repeat the input that they reject. */
const MAX_ERROR_LENGTH = 1_000;

const INSTRUCTIONS = [
  'Upstack is the control room of a product that runs on serverless functions.',
  'showOverview says what runs and whether it is healthy; planRun says what an experiment would take and starts nothing.',
  'A tool without readOnlyHint changes something: ask the person first.',
].join(' ');

/** A fresh server for each request: nothing is kept between requests, so a token that is revoked is out at once. */
export function mcpHandler({ tools, version, report }: ServerOptions): McpHttpHandler {
  return createMcpHandler(
    ({ authInfo }) => {
      const caller = authInfo?.extra?.caller as Caller;
      const { server } = new McpServer(
        { name: 'upstack', title: 'Upstack', version },
        { capabilities: { tools: {} }, instructions: INSTRUCTIONS },
      );
      server.setRequestHandler('tools/list', () => ({ tools: tools.list(caller) }));
      server.setRequestHandler('tools/call', async ({ params }) => {
        const { name, arguments: input = {} } = params;
        if (!tools.has(name))
          throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no tool ${name.slice(0, 100)}`);
        try {
          return await tools.call(name, input, caller);
        } catch (error) {
          const { status, body } = problemAnswer(error);
          if (status >= 500 && status !== 503) report(error, name);
          return { isError: true, content: [{ type: 'text', text: oneLine(body.detail) }] };
        }
      });
      return server;
    },
    { maxSubscriptions: MAX_SUBSCRIPTIONS, onerror: (error) => report(error, 'mcp') },
  );
}

function oneLine(detail: string): string {
  return detail.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').slice(0, MAX_ERROR_LENGTH);
}
