/** Packages public sample applications as their users do, and deploys and calls them as their users do. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import {
  AddPermissionCommand,
  type CreateFunctionCommandInput,
  CreateFunctionUrlConfigCommand,
  InvokeCommand,
  type InvokeMode,
} from '@aws-sdk/client-lambda';
import { type BuildOptions, build } from 'esbuild';
import { type Zippable, zipSync } from 'fflate';
import { type ComputeUnderTest, FunctionsMade, json } from '../support/functions-made.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const UNIX = 3;

export type Files = Record<string, Uint8Array>;

/** The path of a fixture. */
export function fixture(...path: string[]): string {
  return join(import.meta.dirname, ...path);
}

/** One file with all that the entry needs, as most put their functions into packages. */
export async function bundled(entry: string, options: BuildOptions = {}): Promise<Files> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [entry],
    outdir: 'out',
    bundle: true,
    write: false,
    minify: true,
    platform: 'node',
    target: 'node22',
    logLevel: 'error',
  });
  return Object.fromEntries(outputFiles.map((file) => [basename(file.path), file.contents]));
}

/** All files below a directory, by their paths in it. */
export function filesBelow(directory: string): Files {
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('__pycache__'));
  return Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path)]));
}

/** The `node_modules` that these packages need, with all their files, as installed here. */
export function installed(names: readonly string[]): Files {
  const directories = new Set<string>();
  const add = (name: string, from: string): void => {
    const directory = installedAt(name, from);
    if (directory === undefined || directories.has(directory)) return;
    directories.add(directory);
    const { dependencies = {} } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    for (const dependency of Object.keys(dependencies)) add(dependency, directory);
  };
  for (const name of names) add(name, ROOT);
  const files: Files = {};
  for (const directory of directories) {
    for (const [path, bytes] of Object.entries(filesBelow(directory))) {
      // What is installed inside a package comes by itself.
      if (!path.startsWith('node_modules/')) files[join(relative(ROOT, directory), path)] = bytes;
    }
  }
  return files;
}

/** Looks upwards, as Node does. */
function installedAt(name: string, from: string): string | undefined {
  const here = join(from, 'node_modules', name);
  if (statSync(here, { throwIfNoEntry: false })?.isDirectory()) return here;
  return from === ROOT ? undefined : installedAt(name, dirname(from));
}

/** A package whose `bootstrap` and scripts can be executed. */
export function packageOf(files: Files): Uint8Array {
  const entries = Object.entries(files).map(([path, bytes]) => {
    const executable = path === 'bootstrap' || path.endsWith('.sh');
    return [path, [bytes, { os: UNIX, attrs: ((executable ? 0o100755 : 0o100644) << 16) >>> 0 }]] as const;
  });
  return zipSync(Object.fromEntries(entries) as unknown as Zippable, { level: 6 });
}

/** An application that is deployed: a function, and its URL when it has one. */
export class Application {
  #under: ComputeUnderTest;
  #made: FunctionsMade;
  readonly name: string;

  private constructor(under: ComputeUnderTest, made: FunctionsMade, name: string) {
    this.#under = under;
    this.#made = made;
    this.name = name;
  }

  static async deploy(
    under: ComputeUnderTest,
    ZipFile: Uint8Array,
    more: Partial<CreateFunctionCommandInput> = {},
  ): Promise<Application> {
    const made = new FunctionsMade(under);
    const settings = { Timeout: 30, MemorySize: 512, Runtime: 'nodejs24.x' as const };
    const name = await made.make('', { Code: { ZipFile }, ...settings, ...more });
    return new Application(under, made, name);
  }

  /** Gives it a public URL. */
  async openUrl(InvokeMode: InvokeMode = 'BUFFERED'): Promise<string> {
    const { client } = this.#under;
    const input = { FunctionName: this.name, AuthType: 'NONE' as const };
    const everybody = {
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE' as const,
    };
    await client.send(
      new AddPermissionCommand({ FunctionName: this.name, StatementId: 'url', ...everybody }),
    );
    const { FunctionUrl } = await client.send(new CreateFunctionUrlConfigCommand({ ...input, InvokeMode }));
    return FunctionUrl as string;
  }

  async invoke(event: unknown) {
    const Payload = Buffer.from(JSON.stringify(event));
    const command = new InvokeCommand({ FunctionName: this.name, Payload, LogType: 'Tail' });
    const answer = await this.#under.client.send(command);
    return {
      error: answer.FunctionError,
      payload: json(answer.Payload) as Record<string, unknown>,
      requestId: answer.$metadata.requestId as string,
      log: Buffer.from(answer.LogResult ?? '', 'base64').toString(),
    };
  }

  async delete(): Promise<void> {
    await this.#made.delete();
  }
}
