import { Skeleton } from '@mantine/core';

/** Holds the place of what is on its way, at its height, so that nothing jumps. */
export function Loading({ height }: { height: number }) {
  return (
    <div aria-busy="true">
      <span className="hidden-visually" role="status">
        Loading
      </span>
      <Skeleton height={height} radius="md" />
    </div>
  );
}
