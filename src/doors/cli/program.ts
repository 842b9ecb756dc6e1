import { Command, CommanderError } from 'commander';
import { type CommandGroup, GROUPS, type Ports } from './groups.ts';
import { fail } from './output.ts';

/** Runs one command line (without `node` and the script). Sets the process's exit code; never throws. */
export async function runCommand(line: readonly string[], version: string, ports: Ports): Promise<void> {
  const program = new Command('upstack')
    .description('The control room for teams that run products on serverless functions')
    .version(version)
    .showSuggestionAfterError();
  for (const { load } of groupsFor(line)) (await load())(program, ports);
  exitInsteadOfThrow(program);
  try {
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = isRequestedHelp(error) ? 0 : 2;
    else process.exitCode = fail(error);
  }
}

/** The groups to load for a command line: that of its command, none for the version, else all, for help. */
function groupsFor([first]: readonly string[]): readonly CommandGroup[] {
  if (first === '--version' || first === '-V') return [];
  const named = GROUPS.filter(({ names }) => first !== undefined && names.includes(first));
  return named.length > 0 ? named : GROUPS;
}

/** Whether help was requested. Commander also shows it when a subcommand is missing, which is bad input. */
function isRequestedHelp({ code, exitCode }: CommanderError): boolean {
  return (
    exitCode === 0 &&
    (code === 'commander.helpDisplayed' || code === 'commander.version' || code === 'commander.help')
  );
}

function exitInsteadOfThrow(command: Command, parents = ''): void {
  const path = `${parents}${command.name()}`;
  command.exitOverride();
  command.configureOutput({
    outputError(text, write) {
      const line = text
        .trim()
        .replace(/^error: /, '')
        .replace(/\s*\n\s*/g, ' ');
      write(`upstack: ${line}: see "${path} --help"\n`);
    },
  });
  for (const child of command.commands) exitInsteadOfThrow(child, `${path} `);
}
