import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Account } from '../catalog/names.ts';
import type { VersionRecord } from '../catalog/records.ts';
import { familyOf, pythonPath } from '../catalog/runtimes.ts';

const bootstrap = (file: string) => fileURLToPath(new URL(`../bootstrap/${file}`, import.meta.url));

/** Whether an environment was started for an invocation, or ahead of any. */
export type Initialization = 'on-demand' | 'provisioned-concurrency';

/** How to start one execution environment. */
export interface Launch {
  instance: string;
  command: string;
  arguments: string[];
  /** Whether the program takes its orders from descriptor 3, as our own runtime client does. */
  channel: boolean;
  /** Equal for two launches that differ in nothing that must be known when the process starts; undefined for one that cannot share. */
  kind: string | undefined;
  /** The function's code: working directory of the process. */
  taskRoot: string;
  /** Directory of its own for temporary files, removed at the end. */
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
}

/**
 * The process of an execution environment. It sees the function's variables and those that Lambda defines, and
 * nothing of the control room's own environment, which holds secrets.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function launchOf(input: LaunchInput): Launch {
  const { account, name, version, taskRoot, temporary, instance, initialization } = input;
  return {
    instance,
    ...commandOf(version, taskRoot),
    taskRoot,
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
      LAMBDA_TASK_ROOT: taskRoot,
      LAMBDA_RUNTIME_DIR: fileURLToPath(new URL('../bootstrap', import.meta.url)),
      _HANDLER: version.handler,
    },
  };
}

type Command = Pick<Launch, 'command' | 'arguments' | 'channel' | 'kind'>;

function commandOf(version: VersionRecord, taskRoot: string): Command {
  switch (familyOf(version.runtime)) {
    case 'custom':
      return { command: join(taskRoot, 'bootstrap'), arguments: [], ...ALONE };
    case 'python':
      // No compiled files beside the code, which other environments share, and lines as soon as they are written.
      return {
        command: pythonPath() ?? 'python3',
        arguments: ['-B', '-u', bootstrap('python.py')],
        ...ALONE,
      };
    case 'node':
      return nodeCommand(version);
  }
}

const ALONE = { channel: false, kind: undefined };
/** Variables that Node or the libraries below it read when they start. */
const READ_AT_START = /^(NODE_|UV_|SSL_|OPENSSL_|LD_|MALLOC_|GLIBC_)/;

/** Node of 128 MB: what most functions are, and what is booted before anything is known. */
export const USUAL_NODE = { ...nodeProgram(128), kind: 'node 128' };

function nodeCommand({ memoryMb, environment }: VersionRecord): Command {
  const shares = !Object.keys(environment).some((name) => READ_AT_START.test(name));
  return { ...nodeProgram(memoryMb), channel: true, kind: shares ? `node ${memoryMb}` : undefined };
}

/** V8 gets nine tenths of the memory for its heap, as in the Lambda runtime; the rest is for buffers and code. */
function nodeProgram(memoryMb: number): Pick<Launch, 'command' | 'arguments'> {
  const heap = `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`;
  return { command: process.execPath, arguments: [heap, bootstrap('node.mjs'), 'channel'] };
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
