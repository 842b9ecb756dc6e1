import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Options {
  /** 0 takes any free port. */
  port: number;
  /** Absolute. */
  directory: string;
}

/** Bad input on the command line: the message says what is wrong and what to do, in one line. */
export class UsageError extends Error {}

export const HELP = `Usage: node lambda/main.ts [--port N] [--data DIR]

Serves the AWS Lambda API and function URLs on loopback, for the AWS CLI, SDKs and boto3.

Options:
  --port N    port to listen on, 0 for any free one (default: 4701)
  --data DIR  directory of functions and keys, created when missing (default: ./.lambda)
  --help      show this text

Queues, event source mappings and asynchronous invocations need a state engine and are refused; the control room has
one ("npx upstack start").
`;

const DEFAULTS = { port: '4701', data: '.lambda' };
const MAX_PORT = 65_535;

/** Reads the command line; undefined asks for help. Throws UsageError. */
export function optionsFrom(line: readonly string[]): Options | undefined {
  const { port, data, help } = valuesOf(line);
  if (help) return undefined;
  if (!/^\d{1,5}$/.test(port) || Number(port) > MAX_PORT) {
    throw new UsageError(`--port must be a number from 0 to ${MAX_PORT}, not "${port}"`);
  }
  if (data === '') throw new UsageError('--data must name a directory');
  return { port: Number(port), directory: resolve(data) };
}

function valuesOf(line: readonly string[]) {
  const options = {
    port: { type: 'string', default: DEFAULTS.port },
    data: { type: 'string', default: DEFAULTS.data },
    help: { type: 'boolean', short: 'h', default: false },
  } as const;
  try {
    return parseArgs({ args: [...line], options }).values;
  } catch (error) {
    // Node's message goes on with advice for options that begin with a dash.
    const [message = ''] = (error as Error).message.split(/\.\s/);
    throw new UsageError(`${message.replace(/\.$/, '')}: see --help`);
  }
}
