import { Command, CommanderError } from 'commander';
import { controlRoomCommands, type Start } from './commands/control-room.ts';
import { experimentCommands } from './commands/experiment.ts';
import { findingCommands } from './commands/finding.ts';
import { functionCommands, type OpenTarget } from './commands/functions.ts';
import { productCommands } from './commands/product.ts';
import { statsCommands } from './commands/stats.ts';
import { fail } from './output.ts';

/** Runs one command line (without `node` and the script). Sets the process's exit code; never throws. */
export async function runCommand(
  line: readonly string[],
  version: string,
  ports: { start: Start; openTarget: OpenTarget },
): Promise<void> {
  const program = new Command('upstack')
    .description('The control room for teams that run products on serverless functions')
    .version(version)
    .showSuggestionAfterError();
  controlRoomCommands(program, ports.start);
  functionCommands(program, ports.openTarget);
  experimentCommands(program);
  findingCommands(program);
  productCommands(program);
  statsCommands(program);
  exitInsteadOfThrow(program);
  try {
    await program.parseAsync(line, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = isAskedFor(error) ? 0 : 2;
    else process.exitCode = fail(error);
  }
}

/** Help that was asked for; commander shows it too when a subcommand is missing, which is bad input. */
function isAskedFor({ code, exitCode }: CommanderError): boolean {
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
      write(`upstack: ${line}: "${path} --help" tells how\n`);
    },
  });
  for (const child of command.commands) exitInsteadOfThrow(child, `${path} `);
}
