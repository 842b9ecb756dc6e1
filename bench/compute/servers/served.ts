/** A server in its own process. Stopping it sends a request first and kills the process after a timeout. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Served {
  port: number;
  pid: number;
  /** For a twin: a sentence on whether its functions run in sandboxes. */
  isolation?: string;
  end(): Promise<void>;
}

const MAX_SHUTDOWN_MS = 5_000;

/** A server of our own, which also answers messages. */
export interface Asked extends Served {
  /** Sends a message and resolves to the reply; one at a time. */
  ask(question: string): Promise<unknown>;
}

/**
 * Starts a module of this directory. The module must send `{ port, isolation? }` once it listens, and exit when its
 * parent disconnects.
 */
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

/** Rejects when the process exits. */
export async function failure(child: ChildProcess): Promise<never> {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${child.spawnargs.join(' ')} exited (${signal ?? code})`);
}

/** Requests a process to exit and kills it after MAX_SHUTDOWN_MS; resolves when it is gone. */
export async function end(child: ChildProcess, ask: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  const timeout = setTimeout(() => child.kill('SIGKILL'), MAX_SHUTDOWN_MS);
  ask();
  await gone;
  clearTimeout(timeout);
}
