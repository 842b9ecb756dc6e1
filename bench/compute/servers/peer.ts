/** The peer: serverless-offline, a widely used emulator, under osls, the free fork of its framework. Installed once, on request. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HELLO } from '../account.ts';
import { Connection } from '../connection.ts';
import { end, failure, type Served } from './served.ts';

export const PEER = 'serverless-offline 14.8.2';
export const PEER_FUNCTION = 'bench-dev-hello';
const PACKAGES = ['osls@4.3.1', 'serverless-offline@14.8.2'];
const FOLDER = resolve(import.meta.dirname, '../../../.artefacts/bench-compute');
/** Written after a successful installation. */
const INSTALLED = join(FOLDER, `${PACKAGES.join('+')}.installed`);
const SERVICE = `service: bench
provider: { name: aws, runtime: nodejs24.x, stage: dev }
functions: { hello: { handler: index.handler } }
plugins: [serverless-offline]
`;
const ENDS_WITH_PARENT = 'data:text/javascript,process.once("disconnect",()=>process.exit())';
const MAX_START_MS = 60_000;

export async function startPeer(progress: (text: string) => void): Promise<Served> {
  const service = join(FOLDER, 'service');
  await mkdir(service, { recursive: true });
  if (!existsSync(INSTALLED)) {
    progress(`installing ${PACKAGES.join(' and ')}`);
    await install();
  }
  await writeFile(join(service, 'serverless.yml'), SERVICE);
  await writeFile(join(service, 'index.mjs'), HELLO);
  const port = await freePort();
  const cli = join(FOLDER, 'node_modules/osls/bin/serverless.js');
  const args = ['offline', 'start', '--host', '127.0.0.1', '--lambdaPort', String(port)];
  const env = { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' };
  const child = fork(cli, args, {
    cwd: service,
    env,
    execArgv: ['--import', ENDS_WITH_PARENT],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const served = { port, pid: child.pid!, end: () => end(child, () => child.disconnect()) };
  try {
    await Promise.race([listening(port), failure(child)]);
    return served;
  } catch (error) {
    await served.end();
    throw error;
  }
}

async function install(): Promise<void> {
  await writeFile(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const flags = ['--legacy-peer-deps', '--no-save', '--no-audit', '--no-fund', '--prefix', FOLDER];
  const npm = spawn('npm', ['install', ...flags, ...PACKAGES], { cwd: FOLDER, stdio: 'ignore' });
  const [code] = await once(npm, 'exit');
  if (code !== 0) throw new Error(`npm could not install ${PACKAGES.join(' and ')} (${code})`);
  await writeFile(INSTALLED, '');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function listening(port: number): Promise<void> {
  for (const until = performance.now() + MAX_START_MS; performance.now() < until; await sleep(100)) {
    const connection = await Connection.open(port).catch(() => undefined);
    connection?.close();
    if (connection) return;
  }
  throw new Error(`${PEER} did not listen within ${MAX_START_MS} ms`);
}
