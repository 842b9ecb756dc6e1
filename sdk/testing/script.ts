import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ScriptResult {
  stdout: string;
  stderr: string;
  code: number | null;
  signal: NodeJS.Signals | null;
}

const INDEX = new URL('../src/index.ts', import.meta.url).href;

/**
 * Runs a module in a fresh process, with `withUpstack`, `track`, `identify`, `currentUnit` and `currentArm` imported.
 * `closedOutput` closes the reading end of its standard output at once.
 */
export async function runScript(
  source: string,
  options: { closedOutput?: boolean; env?: Record<string, string> } = {},
): Promise<ScriptResult> {
  const imports = `import { withUpstack, track, identify, currentUnit, currentArm } from '${INDEX}';\n`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', imports + source];
  const env = { PATH: process.env.PATH ?? '', AWS_LAMBDA_FUNCTION_NAME: 'checkout', ...options.env };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const result: ScriptResult = { stdout: '', stderr: '', code: null, signal: null };
  if (options.closedOutput) child.stdout.destroy();
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    result.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    result.stderr += chunk;
    child.kill('SIGTERM');
  });
  [result.code, result.signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return result;
}
