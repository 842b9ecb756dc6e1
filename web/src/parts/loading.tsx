import { Skeleton } from '@mantine/core';

/** A placeholder of the content's height in px, so that the layout does not shift. */
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
