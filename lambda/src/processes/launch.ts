import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Account, functionArn } from '../catalog/names.ts';
import type { VersionRecord } from '../catalog/records.ts';
import { familyOf, pythonPath } from '../catalog/runtimes.ts';
import { logGroupOf } from '../catalog/settings/logging.ts';
import { MIN_MEMORY_MB, MIN_STORAGE_MB } from '../limits.ts';
import { atRoots, moduleVariables } from './layer-paths.ts';
import { LAYERS_ROOT, NODE, type Program, RUNTIME_DIRECTORY, TASK_ROOT } from './sandbox/isolation.ts';

/** Our runtime clients. */
export const RUNTIMES_DIRECTORY = fileURLToPath(new URL('../runtimes', import.meta.url));

/** Whether an environment was started for an invocation, or ahead of any. */
export type Initialization = 'on-demand' | 'provisioned-concurrency';

/** Starts the runtime by the wrapper script, with the messages and statuses that Lambda's own runtimes have. */
const START_WRAPPED =
  '[ -f "$0" ] || { echo "$0: does not exist"; exit 127; }; [ -x "$0" ] || { echo "$0: is not an executable"; exit 126; }; exec "$0" "$@"';

/** How to start one execution environment. */
export interface Launch extends Program {
  instance: string;
  /** Whether the program takes its orders from descriptor 3, as our own runtime client does. */
  channel: boolean;
  /** Equal for two launches that differ in nothing that must be known when the process starts; undefined for one that cannot share. */
  kind: string | undefined;
  /** Without a qualifier. */
  functionArn: string;
  /** Whether it runs in a sandbox, where there are some. */
  sandboxed: boolean;
  /** The function's code on this machine. */
  codeDirectory: string;
  /** The merged files of its layers on this machine: what is `/opt` on Lambda; undefined without layers. */
  layersRoot: string | undefined;
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
  layersRoot: string | undefined;
  temporary: string;
  instance: string;
  initialization: Initialization;
  /** Whether it will run in a sandbox, which has Lambda's directories. */
  sandboxed: boolean;
}

/** Where a process finds what it needs. */
interface Places {
  taskRoot: string;
  layersRoot: string | undefined;
  runtimeDirectory: string;
  node: string;
}

function placesOf({
  sandboxed,
  taskRoot,
  layersRoot,
}: Pick<LaunchInput, 'sandboxed' | 'taskRoot' | 'layersRoot'>): Places {
  return sandboxed
    ? { taskRoot: TASK_ROOT, layersRoot: LAYERS_ROOT, runtimeDirectory: RUNTIME_DIRECTORY, node: NODE }
    : { taskRoot, layersRoot, runtimeDirectory: RUNTIMES_DIRECTORY, node: process.execPath };
}

/**
 * The process of an execution environment. It sees the function's variables and those that Lambda defines, and
 * nothing of the control room's own environment, which holds secrets.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function launchOf(input: LaunchInput): Launch {
  const { account, name, version, layersRoot, temporary, instance, initialization } = input;
  const places = placesOf(input);
  const variables = {
    PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LD_LIBRARY_PATH: '/var/task:/var/task/lib:/opt/lib',
    ...version.environment,
    ...(layersRoot === undefined ? {} : moduleVariables(version.runtime, version.environment)),
    ...lambdaVariables(account, name, version, instance),
    AWS_LAMBDA_INITIALIZATION_TYPE: initialization,
    LAMBDA_TASK_ROOT: places.taskRoot,
    LAMBDA_RUNTIME_DIR: places.runtimeDirectory,
    _HANDLER: version.handler,
  };
  const placed = atRoots(variables, places);
  return {
    instance,
    ...commandOf(input, places, placed),
    functionArn: functionArn(account, name),
    sandboxed: input.sandboxed,
    codeDirectory: input.taskRoot,
    layersRoot,
    taskRoot: places.taskRoot,
    storageMb: version.storageMb,
    temporary,
    timeoutSeconds: version.timeoutSeconds,
    memoryMb: version.memoryMb,
    initialization,
    variables: placed,
  };
}

type Command = Pick<Launch, 'command' | 'arguments' | 'channel' | 'kind'>;

function commandOf(input: LaunchInput, places: Places, variables: Record<string, string>): Command {
  switch (familyOf(input.version.runtime)) {
    case 'custom':
      return { command: ownBootstrap(input, places), arguments: [], ...ALONE };
    case 'python':
      return wrapped(variables, pythonCommand(input, places));
    case 'node':
      return wrapped(variables, nodeCommand(input, places));
  }
}

/** Tells our runtime client that descriptor 3 is there. */
const CHANNEL = 'channel';
const ALONE = { channel: false, kind: undefined };
/** Variables that Node, Python or the libraries below them read when they start. */
const READ_AT_START = /^(NODE_|PYTHON|UV_|SSL_|OPENSSL_|LD_|MALLOC_|GLIBC_|LANG$|LANGUAGE$|LC_|HOME$)/;
/** A part of a Python package, which is found by its path. */
const PYTHON_MODULE = /\.(cpython-[^.]+|abi3)\.so$/;

/** What a process must be started with to become any function's environment of one kind. */
export interface Generic extends Program {
  kind: string;
  storageMb: number;
}

/** What most functions are, and what is booted before anything is known. */
export function usualNode(sandboxed: boolean): Generic {
  const [memoryMb, storageMb] = [MIN_MEMORY_MB, MIN_STORAGE_MB];
  const places = placesOf({ sandboxed, taskRoot: '', layersRoot: undefined });
  return { ...nodeProgram(memoryMb, places), kind: nodeKind(memoryMb, storageMb), storageMb };
}

function nodeCommand(input: LaunchInput, places: Places): Command {
  const { memoryMb, storageMb } = input.version;
  const kind = startsAsOthers(input) ? nodeKind(memoryMb, storageMb) : undefined;
  return { ...nodeProgram(memoryMb, places), channel: true, kind };
}

/** No compiled files beside the code, which other environments share, and lines as soon as they are written. */
function pythonCommand(input: LaunchInput, { runtimeDirectory }: Places): Command {
  return {
    command: pythonPath() ?? 'python3',
    arguments: ['-B', '-u', join(runtimeDirectory, 'python', 'upstack_runtime', '__main__.py'), CHANNEL],
    channel: true,
    kind: startsAsOthers(input) ? `python ${input.version.storageMb}` : undefined,
  };
}

/** Whether the function has nothing that a process must know when it starts. */
function startsAsOthers({ version, taskRoot, layersRoot }: LaunchInput): boolean {
  const asksAtStart = Object.keys(version.environment).some((name) => READ_AT_START.test(name));
  return !asksAtStart && layersRoot === undefined && !bringsLibraries(taskRoot);
}

function nodeKind(memoryMb: number, storageMb: number): string {
  return `node ${memoryMb} ${storageMb}`;
}

/** V8 gets nine tenths of the memory for its heap, as in the Lambda runtime; the rest is for buffers and code. */
function nodeProgram(memoryMb: number, { node, runtimeDirectory }: Places): Program {
  const heap = `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`;
  return { command: node, arguments: [heap, join(runtimeDirectory, 'node', 'node.mjs'), CHANNEL] };
}

/** Whether the package has shared libraries where LD_LIBRARY_PATH leads, which is read when a process starts. */
function bringsLibraries(taskRoot: string): boolean {
  try {
    return readdirSync(taskRoot).some(
      (name) => name === 'lib' || (/\.so(\.|$)/.test(name) && !PYTHON_MODULE.test(name)),
    );
  } catch {
    // A package that somebody has deleted fails where its process is started.
    return false;
  }
}

/** The function's own comes before that of a layer. */
function ownBootstrap({ taskRoot, layersRoot }: LaunchInput, places: Places): string {
  const has = (directory = '') => existsSync(join(directory, 'bootstrap'));
  const inLayer = layersRoot !== undefined && !has(taskRoot) && has(layersRoot);
  return join((inLayer ? places.layersRoot : undefined) ?? places.taskRoot, 'bootstrap');
}

/**
 * The command behind the wrapper script that the function names, if it does. A script may close descriptors, so the
 * runtime gets no channel then.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
 */
function wrapped({ AWS_LAMBDA_EXEC_WRAPPER: wrapper }: Record<string, string>, runtime: Command): Command {
  if (!wrapper) return runtime;
  const args = runtime.arguments.filter((argument) => argument !== CHANNEL);
  return {
    command: '/bin/sh',
    arguments: ['-c', START_WRAPPED, wrapper, runtime.command, ...args],
    ...ALONE,
  };
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
    AWS_LAMBDA_LOG_FORMAT: version.logging.format,
    ...(version.logging.applicationLevel ? { AWS_LAMBDA_LOG_LEVEL: version.logging.applicationLevel } : {}),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupOf(name, version.logging),
    AWS_LAMBDA_LOG_STREAM_NAME: instance,
  };
}
