/** The mark: bars that rise up the stack. Decorative: the name is beside it or in a label. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#4f47d1" />
      <rect x="7" y="21" width="18" height="4" rx="2" fill="#fff" fillOpacity=".55" />
      <rect x="10" y="14.5" width="15" height="4" rx="2" fill="#fff" fillOpacity=".78" />
      <rect x="15" y="8" width="10" height="4" rx="2" fill="#fff" />
    </svg>
  );
}
