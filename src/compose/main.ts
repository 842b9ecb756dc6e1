/** The entry point: `node src/compose/main.ts <command>`. Loads the control room only for the command that starts one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../doors/cli/program.ts';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../..', 'package.json'), 'utf8')) as {
  version: string;
};

await runCommand(process.argv.slice(2), version, {
  start: async (options) => {
    const [{ configFrom }, { runControlRoom }] = await Promise.all([
      import('./config.ts'),
      import('./start.ts'),
    ]);
    await runControlRoom(configFrom(options), version);
  },
  openTarget: async (options) => {
    const { openDeployTarget } = await import('./deploy-target.ts');
    return openDeployTarget(options);
  },
});
