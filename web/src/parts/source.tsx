/** Preformatted text in a scrolling region that the keyboard can reach. */
export function Source({
  label,
  wrap = false,
  children,
}: {
  label: string;
  wrap?: boolean;
  children: string;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="source" tabIndex={0} aria-label={label} data-wrap={wrap ? '' : undefined}>
      <pre>{children}</pre>
    </section>
  );
}
