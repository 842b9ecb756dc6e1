import { type ChildProcess, spawn } from 'node:child_process';

/** Reads process groups from its input and, when the input ends, kills those that were not taken back. */
const SCRIPT = `
trap '' INT TERM HUP
groups=' '
while read -r verb group; do
  case $verb in
    add) groups="$groups$group " ;;
    drop) case $groups in *" $group "*) groups="\${groups%% "$group" *} \${groups#* "$group" }" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
`;

/**
 * A tiny shell process that outlives a killed control room by a moment and ends the execution environments it left
 * behind, also those that are stuck in a loop and notice nothing themselves. Windows has no process groups: there
 * the environments end when their Runtime API connection does.
 */
export class Reaper {
  #shell: ChildProcess | undefined;

  constructor() {
    if (process.platform === 'win32') return;
    // Detached: a Ctrl-C in the terminal must not reach it before it has done its work.
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: {},
    });
    shell.on('error', () => {});
    shell.stdin?.on('error', () => {});
    shell.unref();
    this.#shell = shell;
  }

  add(group: number): void {
    this.#shell?.stdin?.write(`add ${group}\n`);
  }

  drop(group: number): void {
    this.#shell?.stdin?.write(`drop ${group}\n`);
  }

  /** Ends the shell, which kills whatever is still listed. */
  async close(): Promise<void> {
    const shell = this.#shell;
    if (!shell || shell.exitCode !== null || shell.signalCode !== null || shell.pid === undefined) return;
    shell.ref();
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    shell.stdin?.end();
    await ended;
  }
}
