/** Starts the twin alone, without a control room: `node lambda/main.ts [--port N] [--data DIR]`. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type LambdaServer, listen } from './src/http/server.ts';
import { type Lambda, open } from './src/lambda.ts';
import { openKeys } from './src/standalone/keys.ts';
import { lock } from './src/standalone/lock.ts';
import { HELP, type Options, optionsFrom, UsageError } from './src/standalone/options.ts';

const REGION = 'us-east-1';
const ACCOUNT = '000000000000';

async function start({ port, directory }: Options): Promise<() => Promise<void>> {
  const server = await listening(port);
  let release = async () => {};
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    release = await lock(directory);
    const credentials = await openKeys(directory);
    const twin = await open({
      directory: join(directory, 'compute'),
      region: REGION,
      accountId: ACCOUNT,
      credentials,
      functionUrl: (id) => `http://${id}.lambda-url.localhost:${server.port}/`,
      onLog: ({ functionName, line }) => say(`[${functionName}] ${line}`),
    });
    server.serve(twin);
    greet(server, twin, directory, {
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_REGION: REGION,
      AWS_DEFAULT_REGION: REGION,
    });
    return async () => {
      await server.close();
      await twin.close();
      await release();
    };
  } catch (error) {
    await server.close();
    await release();
    throw error;
  }
}

async function listening(port: number): Promise<LambdaServer> {
  try {
    return await listen(port);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new Error(`port ${port} is in use: stop what uses it, or give another --port`);
    if (code === 'EACCES') throw new Error(`port ${port} needs more rights: give a --port above 1023`);
    throw new Error(`cannot listen on port ${port}: ${message}`);
  }
}

function greet(
  { endpoint }: LambdaServer,
  { isolation }: Lambda,
  directory: string,
  variables: Record<string, string>,
): void {
  say(`AWS Lambda API and function URLs on ${endpoint}`);
  say(`  data       ${directory}`);
  say(`  isolation  ${isolation}`);
  say('\nIn another shell:\n');
  for (const [name, value] of Object.entries(variables)) say(`export ${name}=${value}`);
  say('aws lambda list-functions\n\nStop with Ctrl-C. Lines of functions follow.\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Resolves on the first SIGINT or SIGTERM; a second one ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(130);
        asked = true;
        resolve();
      });
    }
  });
}

try {
  const options = optionsFrom(process.argv.slice(2));
  if (options) {
    const stopped = stopSignal();
    const stop = await start(options);
    await stopped;
    await stop();
    // Extensions and streams of killed functions must not keep us.
    process.exit();
  } else process.stdout.write(HELP);
} catch (error) {
  process.stderr.write(`lambda: ${(error as Error).message}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
