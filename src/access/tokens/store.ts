import type { Selectable } from 'kysely';
import type { StateEngine } from '../../engines/state/engine.ts';
import { sha256 } from '../../lib/crypto/digest.ts';
import { newSecret } from '../../lib/crypto/secret.ts';
import { newId } from '../../lib/ids.ts';
import type { Permission } from '../caller.ts';
import { problem } from '../problems.ts';
import { hintOf, known, secretOf, stateOf, type Token } from './token.ts';

/** The part of the database that tokens own. */
interface TokenTables {
  tokens: {
    token_id: string;
    name: string;
    secret_hash: Buffer;
    hint: string;
    permissions: string[];
    created_at: Date;
    created_by: string;
    expires_at: Date | null;
    last_used_at: Date | null;
    revoked_at: Date | null;
    revoked_by: string | null;
  };
}

export interface TokenDraft {
  name: string;
  permissions: readonly Permission[];
  expiresAt: Date | null;
  createdBy: string;
}

const MAX_VALID = 1_000;
const MAX_LISTED = 2_000;

/** Tokens in the state engine. Every method throws `state.unavailable` (503) while it is down. */
export class TokenStore {
  #state: StateEngine;

  constructor(state: StateEngine) {
    this.#state = state;
  }

  /** Creates a token. Its secret is stored nowhere. Throws `access.too-many-tokens` (409). */
  async create(draft: TokenDraft, at: Date): Promise<{ token: Token; secret: string }> {
    const valid = (await this.list()).filter((token) => stateOf(token, at.getTime()) === 'valid');
    if (valid.length >= MAX_VALID)
      throw problem('too-many-tokens', `there are ${MAX_VALID} valid tokens: revoke unused ones`);
    const secret = secretOf(newSecret(32));
    const row = {
      token_id: newId('tok', at.getTime()),
      name: draft.name,
      secret_hash: sha256(secret),
      hint: hintOf(secret),
      permissions: [...draft.permissions],
      created_at: at,
      created_by: draft.createdBy,
      expires_at: draft.expiresAt,
      last_used_at: null,
      revoked_at: null,
      revoked_by: null,
    };
    await this.#state.run<TokenTables, unknown>((database) =>
      database.insertInto('tokens').values(row).execute(),
    );
    return { token: tokenOf(row), secret };
  }

  /** Tokens in any state, newest first, at most 2,000. */
  async list(): Promise<Token[]> {
    const rows = await this.#state.run<TokenTables, Row[]>((database) =>
      database
        .selectFrom('tokens')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('token_id', 'desc')
        .limit(MAX_LISTED)
        .execute(),
    );
    return rows.map(tokenOf);
  }

  /** The token whose secret has this SHA-256, in any state. */
  byHash(hash: Buffer): Promise<Token | undefined> {
    return this.#one('secret_hash', hash);
  }

  byId(tokenId: string): Promise<Token | undefined> {
    return this.#one('token_id', tokenId);
  }

  /**
   * Revokes the token with this id, or the only valid one of this name. Throws `access.no-such-token` (404),
   * `access.ambiguous-token` (409), and `access.token-ended` (409) when it is revoked already.
   */
  async revoke(idOrName: string, by: string, at: Date): Promise<Token> {
    const { tokenId } = await this.#find(idOrName, at);
    const row = await this.#state.run<TokenTables, Row | undefined>((database) =>
      database
        .updateTable('tokens')
        .set({ revoked_at: at, revoked_by: by })
        .where('token_id', '=', tokenId)
        .where('revoked_at', 'is', null)
        .returningAll()
        .executeTakeFirst(),
    );
    if (!row) throw problem('token-ended', `${idOrName} is already revoked`);
    return tokenOf(row);
  }

  /** Writes when a token was last used, never backwards. */
  async touch(tokenId: string, at: Date): Promise<void> {
    await this.#state.run<TokenTables, unknown>((database) =>
      database
        .updateTable('tokens')
        .set({ last_used_at: at })
        .where('token_id', '=', tokenId)
        .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', at)]))
        .execute(),
    );
  }

  async #find(idOrName: string, at: Date): Promise<Token> {
    const byId = await this.byId(idOrName);
    if (byId) return byId;
    const named = (await this.list()).filter(
      (token) => token.name === idOrName && stateOf(token, at.getTime()) === 'valid',
    );
    if (named.length > 1) {
      const ids = named.map(({ tokenId }) => tokenId).join(', ');
      throw problem(
        'ambiguous-token',
        `${named.length} valid tokens are named ${idOrName}: give an id (${ids})`,
      );
    }
    if (named[0]) return named[0];
    throw problem('no-such-token', `no valid token ${idOrName}: "upstack token list" shows all`);
  }

  async #one(column: 'secret_hash' | 'token_id', value: Buffer | string): Promise<Token | undefined> {
    const row = await this.#state.run<TokenTables, Row | undefined>((database) =>
      database.selectFrom('tokens').selectAll().where(column, '=', value).executeTakeFirst(),
    );
    return row && tokenOf(row);
  }
}

type Row = Selectable<TokenTables['tokens']>;

function tokenOf(row: Row): Token {
  return {
    tokenId: row.token_id,
    name: row.name,
    hint: row.hint,
    permissions: known(row.permissions),
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by,
  };
}
