import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from '../catalog/names.ts';
import type { VersionRecord } from '../catalog/records.ts';
import { familyOf, pythonPath } from '../catalog/runtimes.ts';
import { SMALLEST_MEMORY_MB, SMALLEST_STORAGE_MB } from '../limits.ts';
import { NODE, type Program, RUNTIME_DIRECTORY, TASK_ROOT } from './isolation.ts';

/** Our runtime clients. */
export const BOOTSTRAP_DIRECTORY = fileURLToPath(new URL('../bootstrap', import.meta.url));

/** Whether an environment was started for an invocation, or ahead of any. */
export type Initialization = 'on-demand' | 'provisioned-concurrency';

/** How to start one execution environment. */
export interface Launch extends Program {
  instance: string;
  /** Whether the program takes its orders from descriptor 3, as our own runtime client does. */
  channel: boolean;
  /** Equal for two launches that differ in nothing that must be known when the process starts; undefined for one that cannot share. */
  kind: string | undefined;
  /** The function's code on this machine. */
  codeDirectory: string;
  /** What stands for `/opt`, on this machine; undefined where there is nothing. */
  layersRoot?: string | undefined;
  /** The function's code as the process sees it: its working directory. */
  taskRoot: string;
  /** Size of `/tmp`, MB. */
  storageMb: number;
  /** Directory of its own for temporary files, removed at the end; a sandbox has its own `/tmp` instead. */
  temporary: string;
  variables: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  initialization: Initialization;
}

export interface LaunchInput {
  account: Account;
  name: string;
  version: VersionRecord;
  taskRoot: string;
  temporary: string;
  instance: string;
  initialization: Initialization;
  /** Whether it will run in a sandbox, which has Lambda's directories. */
  sandboxed: boolean;
}

/** Where a process finds what it needs. */
interface Places {
  taskRoot: string;
  runtimeDirectory: string;
  node: string;
}

function placesOf(sandboxed: boolean, codeDirectory: string): Places {
  return sandboxed
    ? { taskRoot: TASK_ROOT, runtimeDirectory: RUNTIME_DIRECTORY, node: NODE }
    : { taskRoot: codeDirectory, runtimeDirectory: BOOTSTRAP_DIRECTORY, node: process.execPath };
}

/**
 * The process of an execution environment. It sees the function's variables and those that Lambda defines, and
 * nothing of the control room's own environment, which holds secrets.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function launchOf(input: LaunchInput): Launch {
  const { account, name, version, temporary, instance, initialization } = input;
  const places = placesOf(input.sandboxed, input.taskRoot);
  return {
    instance,
    ...commandOf(version, places),
    codeDirectory: input.taskRoot,
    taskRoot: places.taskRoot,
    storageMb: version.storageMb,
    temporary,
    timeoutSeconds: version.timeoutSeconds,
    memoryMb: version.memoryMb,
    initialization,
    variables: {
      PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
      ...version.environment,
      ...lambdaVariables(account, name, version, instance),
      AWS_LAMBDA_INITIALIZATION_TYPE: initialization,
      LAMBDA_TASK_ROOT: places.taskRoot,
      LAMBDA_RUNTIME_DIR: places.runtimeDirectory,
      _HANDLER: version.handler,
    },
  };
}

type Command = Pick<Launch, 'command' | 'arguments' | 'channel' | 'kind'>;

function commandOf(version: VersionRecord, places: Places): Command {
  switch (familyOf(version.runtime)) {
    case 'custom':
      return { command: join(places.taskRoot, 'bootstrap'), arguments: [], ...ALONE };
    case 'python':
      // No compiled files beside the code, which other environments share, and lines as soon as they are written.
      return {
        command: pythonPath() ?? 'python3',
        arguments: ['-B', '-u', join(places.runtimeDirectory, 'python.py')],
        ...ALONE,
      };
    case 'node':
      return nodeCommand(version, places);
  }
}

const ALONE = { channel: false, kind: undefined };
/** Variables that Node or the libraries below it read when they start. */
const READ_AT_START = /^(NODE_|UV_|SSL_|OPENSSL_|LD_|MALLOC_|GLIBC_)/;

/** What a process must be started with to become any function's environment of one kind. */
export interface Generic extends Program {
  kind: string;
  storageMb: number;
}

/** What most functions are, and what is booted before anything is known. */
export function usualNode(sandboxed: boolean): Generic {
  const [memoryMb, storageMb] = [SMALLEST_MEMORY_MB, SMALLEST_STORAGE_MB];
  return {
    ...nodeProgram(memoryMb, placesOf(sandboxed, '')),
    kind: nodeKind(memoryMb, storageMb),
    storageMb,
  };
}

function nodeCommand({ memoryMb, storageMb, environment }: VersionRecord, places: Places): Command {
  const shares = !Object.keys(environment).some((name) => READ_AT_START.test(name));
  const kind = shares ? nodeKind(memoryMb, storageMb) : undefined;
  return { ...nodeProgram(memoryMb, places), channel: true, kind };
}

function nodeKind(memoryMb: number, storageMb: number): string {
  return `node ${memoryMb} ${storageMb}`;
}

/** V8 gets nine tenths of the memory for its heap, as in the Lambda runtime; the rest is for buffers and code. */
function nodeProgram(memoryMb: number, { node, runtimeDirectory }: Places): Program {
  const heap = `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`;
  return { command: node, arguments: [heap, join(runtimeDirectory, 'node.mjs'), 'channel'] };
}

function lambdaVariables(
  account: Account,
  name: string,
  version: VersionRecord,
  instance: string,
): Record<string, string> {
  return {
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: instance,
  };
}
