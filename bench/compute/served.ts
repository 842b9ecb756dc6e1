/** A server in a process of its own, and how it is ended: asked first, then killed by its id. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Served {
  port: number;
  pid: number;
  /** Of a twin: whether its functions run in sandboxes, in words. */
  isolation?: string;
  end(): Promise<void>;
}

const LONGEST_END_MS = 5_000;

/** One of our own, which can be asked for more than HTTP. */
export interface Asked extends Served {
  /** Sends a message and resolves to the next one that comes back; one at a time. */
  ask(question: string): Promise<unknown>;
}

/** Starts a module of this directory that sends `{ port }` and maybe more once it listens, and ends when its parent disconnects. */
export async function serve(module: string, args: string[] = [], execArgv: string[] = []): Promise<Asked> {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [message] = await Promise.race([once(child, 'message'), failure(child)]);
  const { port, isolation } = message as Pick<Served, 'port' | 'isolation'>;
  return {
    port,
    ...(isolation ? { isolation } : {}),
    pid: child.pid!,
    end: () => end(child, () => child.disconnect()),
    async ask(question) {
      child.send(question);
      const [answer] = await once(child, 'message');
      return answer;
    },
  };
}

/** Rejects when the process ends. */
export async function failure(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${child.spawnargs.join(' ')} ended (${signal ?? code})`);
}

/** Asks a process to end, and kills it when it does not; resolves when it is gone. */
export async function end(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const impatience = setTimeout(() => child.kill('SIGKILL'), LONGEST_END_MS);
  ask();
  await gone;
  clearTimeout(impatience);
}
