import { IconCircleCheck, IconCircleX, IconClockX } from '@tabler/icons-react';
import type { TokenView } from '../../../../../src/access/tokens/schema.ts';
import { ago, ahead, dateTime } from '../../../format.ts';
import { Badge } from '../../../parts/badge.tsx';
import { useNow } from '../../../parts/now.ts';
import { RevokeToken } from './revoke.tsx';

const STATES = {
  valid: { label: 'Valid', tone: 'good', icon: IconCircleCheck },
  expired: { label: 'Expired', tone: 'warn', icon: IconClockX },
  revoked: { label: 'Revoked', tone: 'bad', icon: IconCircleX },
} as const;

export function TokenTable({ tokens, onChanged }: { tokens: readonly TokenView[]; onChanged(): void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-x" aria-label="Tokens" tabIndex={0}>
      <table className="table first-line-bare">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Permissions</th>
            <th scope="col">Expires</th>
            <th scope="col">Last used</th>
            <th scope="col">Created</th>
            <th scope="col">
              <span className="hidden-visually">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <TokenRow key={token.tokenId} token={token} onChanged={onChanged} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function TokenRow({ token, onChanged }: { token: TokenView; onChanged(): void }) {
  const now = useNow(10_000);
  const { label, tone, icon } = STATES[token.state];
  return (
    <tr>
      <th scope="row" className="token-cell">
        {token.name}
        <div className="small muted mono">{token.hint}…</div>
      </th>
      <td>
        <Badge tone={tone} icon={icon}>
          {label}
        </Badge>
      </td>
      <td>{token.permissions.join(', ')}</td>
      <td className="nowrap">
        {token.expiresAt === null ? 'Never' : <End token={token} end={token.expiresAt} now={now} />}
      </td>
      <td className="muted nowrap">
        {token.lastUsedAt === null ? (
          'Never'
        ) : (
          <Moment at={token.lastUsedAt} text={ago(token.lastUsedAt, now)} />
        )}
      </td>
      <td className="muted nowrap">
        <Moment at={token.createdAt} text={ago(token.createdAt, now)} /> by {token.createdBy}
      </td>
      <td className="right">
        {token.state === 'revoked' ? (
          <span className="muted nowrap">by {token.revokedBy}</span>
        ) : (
          <RevokeToken token={token} onRevoked={onChanged} />
        )}
      </td>
    </tr>
  );
}

/** Relative for a valid token, else the date. */
function End({ token, end, now }: { token: TokenView; end: string; now: number }) {
  return token.state === 'valid' ? (
    <Moment at={end} text={ahead(end, now)} />
  ) : (
    <span className="muted">{dateTime(end)}</span>
  );
}

function Moment({ at, text }: { at: string; text: string }) {
  return (
    <time dateTime={at} title={at}>
      {text}
    </time>
  );
}
