import type { Command } from 'commander';
import type { TokenView } from '../../../access/tokens/schema.ts';
import { call, connect, type Input } from '../client.ts';
import { print, table } from '../output.ts';

interface Options {
  data?: string;
  json?: boolean;
}

export function tokenCommands(program: Command): void {
  const token = program.command('token').description('tokens of named callers');
  createCommand(token);
  listCommand(token);
  revokeCommand(token);
}

function createCommand(token: Command): void {
  withCommon(token.command('create'))
    .description('create a token and print its secret, which is stored nowhere')
    .requiredOption('--name <name>', 'who will use it: the name in the audit log and in journals')
    .requiredOption('--permission <list>', 'comma-separated: read, operate, audit, administer')
    .option('--expires <duration>', 'lifetime: "12h", "90d" (default) or "never"')
    .action(async (options: Options & { name: string; permission: string; expires?: string }) => {
      const { name, permission, expires } = options;
      const created = await call(await connect(options), 'createToken', {
        name,
        permissions: wordsOf(permission) as Input<'createToken'>['permissions'],
        ...(expires !== undefined && { expires }),
      });
      // Only the secret goes to standard output, so that a shell can capture it.
      print(created, options.json === true, ({ secret }) => secret);
      if (!options.json) process.stderr.write(`${describe(created.token)}\n`);
    });
}

function listCommand(token: Command): void {
  withCommon(token.command('list'))
    .description('the valid tokens, newest first')
    .option('--all', 'include expired and revoked tokens')
    .action(async (options: Options & { all?: boolean }) => {
      const { tokens } = await call(await connect(options), 'listTokens', {});
      const shown = tokens.filter(({ state }) => options.all || state === 'valid');
      print({ tokens: shown }, options.json === true, () => render(shown));
    });
}

function revokeCommand(token: Command): void {
  withCommon(token.command('revoke <token>'))
    .description('revoke a token by its id, or by its name if only one valid token has it')
    .option('--reason <text>', 'reason, for the audit log')
    .action(async (idOrName: string, options: Options & { reason?: string }) => {
      const revoked = await call(await connect(options), 'revokeToken', {
        token: idOrName,
        ...(options.reason !== undefined && { reason: options.reason }),
      });
      print(revoked, options.json === true, ({ name, tokenId }) => `${name} (${tokenId}) is revoked`);
    });
}

function withCommon(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory of the control room')
    .option('--json', 'print one JSON document');
}

function wordsOf(list: string): string[] {
  return list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function describe({ name, tokenId, permissions, expiresAt }: TokenView): string {
  const end = expiresAt === null ? 'does not expire' : `expires ${minute(expiresAt)} UTC`;
  return `token of ${name} (${tokenId}): ${permissions.join(', ')}; ${end}; it will not be shown again`;
}

function render(tokens: TokenView[]): string {
  if (tokens.length === 0) return 'no tokens: create one with "upstack token create"';
  return table(
    ['TOKEN', 'NAME', 'SECRET', 'PERMISSIONS', 'STATE', 'EXPIRES', 'LAST USED'],
    tokens.map((token) => [
      token.tokenId,
      token.name,
      `${token.hint}…`,
      token.permissions.join(', '),
      token.state,
      token.expiresAt === null ? 'never' : minute(token.expiresAt),
      token.lastUsedAt === null ? 'never' : minute(token.lastUsedAt),
    ]),
  );
}

function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
