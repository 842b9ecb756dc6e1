import { Button } from '@mantine/core';
import { IconDownload, IconListDetails, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { type ApiError, asApiError } from '../../../api.ts';
import { Empty } from '../../../parts/empty.tsx';
import { Failure, Loaded } from '../../../parts/failure.tsx';
import { Page } from '../../../parts/page.tsx';
import { useResource } from '../../../resource.ts';
import { downloadAudit } from './export.ts';
import { type Filter, filterOf, inputOf, searchOf } from './filter.ts';
import { Filters } from './filters.tsx';
import { Older } from './older.tsx';
import { Verify } from './verify.tsx';

/** Who did what. The filters are in the URL. */
export function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const filter = filterOf(search);
  return (
    <Page
      title="Audit log"
      lead="Who did what: every call that changed something or tried to, from any door. Rows are chained by their hashes and cannot be changed."
      actions={<Export />}
    >
      <Verify />
      <div className="card">
        <Filters filter={filter} onChange={(next) => setSearch(searchOf(next), { replace: true })} />
        <Calls
          key={JSON.stringify(filter)}
          filter={filter}
          onClear={() => setSearch({}, { replace: true })}
        />
      </div>
    </Page>
  );
}

function Calls({ filter, onClear }: { filter: Filter; onClear(): void }) {
  const [input] = useState(() => inputOf(filter, Date.now()));
  const newest = useResource('listAudit', input);
  const filtered = Object.keys(input).length > 0;
  return (
    <Loaded resource={newest} height={320}>
      {({ calls, more }) =>
        calls.length > 0 ? (
          <Older input={input} newest={calls} more={more} />
        ) : filtered ? (
          <Empty icon={IconSearch} title="No call matches">
            <Button variant="default" size="xs" onClick={onClear}>
              Clear the filters
            </Button>
          </Empty>
        ) : (
          <Empty icon={IconListDetails} title="Nothing was changed yet">
            <p>
              Invoking a function through the API, aborting an experiment and creating a token appear here.
              Try <code>npx upstack token create --name ci --permission read</code>.
            </p>
          </Empty>
        )
      }
    </Loaded>
  );
}

function Export() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);

  async function save() {
    setBusy(true);
    setError(null);
    await downloadAudit().catch((failure) => setError(asApiError(failure)));
    setBusy(false);
  }

  return (
    <>
      <Button variant="default" leftSection={<IconDownload size={16} />} loading={busy} onClick={save}>
        Export
      </Button>
      {error !== null && <Failure error={error} />}
    </>
  );
}
