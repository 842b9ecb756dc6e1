import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { ApiError } from '../api.ts';
import type { Resource } from '../resource.ts';
import { Loading } from './loading.tsx';

/** An error as the control room reported it, with a retry button. */
export function Failure({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  return (
    <div className="failure" role="alert">
      <IconAlertTriangle size={20} stroke={1.8} aria-hidden="true" />
      <div>
        <h2>{error.title}</h2>
        <p>{error.message}</p>
      </div>
      {onRetry !== undefined && (
        <Button variant="default" size="xs" leftSection={<IconRefresh size={15} />} onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}

/** Renders a resource: its content, the error, or a skeleton of `height` px while it loads. */
export function Loaded<Data>({
  resource,
  height,
  children,
}: {
  resource: Resource<Data>;
  height: number;
  children(data: Data): ReactNode;
}) {
  if (resource.data !== undefined) return children(resource.data);
  if (resource.error !== undefined) return <Failure error={resource.error} onRetry={resource.reload} />;
  return <Loading height={height} />;
}
