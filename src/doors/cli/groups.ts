import type { Command } from 'commander';
import type { Start } from './commands/control-room.ts';
import type { OpenTarget } from './commands/functions.ts';

/** What commands need from the composition root. */
export interface Ports {
  start: Start;
  openTarget: OpenTarget;
}

/** A file of commands, loaded only for its own commands and for help on all commands. */
export interface CommandGroup {
  /** The commands in the file, as typed after `upstack`. */
  names: readonly string[];
  load(): Promise<(program: Command, ports: Ports) => void>;
}

/** Every command, in the order of `upstack --help`. */
export const GROUPS: readonly CommandGroup[] = [
  {
    names: ['start', 'env'],
    load: async () => (await import('./commands/control-room.ts')).controlRoomCommands,
  },
  {
    names: ['deploy', 'rollback', 'top', 'invoke'],
    load: async () => (await import('./commands/functions.ts')).functionCommands,
  },
  { names: ['experiment'], load: async () => (await import('./commands/experiment.ts')).experimentCommands },
  { names: ['finding'], load: async () => (await import('./commands/finding.ts')).findingCommands },
  {
    names: ['retention', 'churn', 'adoption'],
    load: async () => (await import('./commands/product.ts')).productCommands,
  },
  { names: ['stats'], load: async () => (await import('./commands/stats.ts')).statsCommands },
  { names: ['token'], load: async () => (await import('./commands/token.ts')).tokenCommands },
  { names: ['audit'], load: async () => (await import('./commands/audit.ts')).auditCommand },
];
