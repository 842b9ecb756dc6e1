import { SegmentedControl } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useSearchParams } from 'wouter';
import type { TokenView } from '../../../../../src/access/tokens/schema.ts';
import { Empty } from '../../../parts/empty.tsx';
import { Loaded } from '../../../parts/failure.tsx';
import { Page } from '../../../parts/page.tsx';
import { useResource } from '../../../resource.ts';
import { CreateToken } from './create.tsx';
import { TokenTable } from './token-table.tsx';

const REFRESH_MS = 60_000;

/** Who may call the control room. The filter is in the URL. */
export function TokensPage() {
  const tokens = useResource('listTokens', {}, REFRESH_MS);
  const [search, setSearch] = useSearchParams();
  const all = search.get('show') === 'all';
  return (
    <Page
      title="People and tokens"
      lead="Who may use the control room. Give everybody a token of their own: its name appears in the audit log and in the journals of runs."
      actions={
        <>
          <SegmentedControl
            size="xs"
            value={all ? 'all' : 'valid'}
            onChange={(value) => setSearch(value === 'all' ? { show: 'all' } : {}, { replace: true })}
            aria-label="Which tokens"
            withItemsBorders={false}
            data={[
              { value: 'valid', label: 'Valid' },
              { value: 'all', label: 'All' },
            ]}
          />
          <CreateToken onCreated={tokens.reload} />
        </>
      }
    >
      <Loaded resource={tokens} height={240}>
        {(answer) => {
          const shown = answer.tokens.filter(({ state }) => all || state === 'valid');
          return shown.length === 0 ? <NoTokens /> : <Tokens tokens={shown} onChanged={tokens.reload} />;
        }}
      </Loaded>
      <p className="small muted">
        The owner’s token is in the key file of the data directory: <code>npx upstack env</code> prints it. It
        may do everything and is not listed.
      </p>
    </Page>
  );
}

function Tokens({ tokens, onChanged }: { tokens: readonly TokenView[]; onChanged(): void }) {
  return (
    <div className="card">
      <TokenTable tokens={tokens} onChanged={onChanged} />
    </div>
  );
}

function NoTokens() {
  return (
    <div className="card">
      <Empty icon={IconKey} title="No token yet" level="h2">
        <p>
          Until somebody else has a token, everything is done by the owner. Create one here, or run{' '}
          <code>npx upstack token create --name ci --permission read,operate</code>.
        </p>
      </Empty>
    </div>
  );
}
