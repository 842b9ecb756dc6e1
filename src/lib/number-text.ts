const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count for people: `1,219`. */
export function countText(value: number): string {
  return grouped.format(value);
}

/** A share from 0 to 1 as a percentage, with more digits the smaller it is: `0.04%`, `4.2%`, `42%`. */
export function percentText(share: number): string {
  const value = share * 100;
  if (value === 0) return '0%';
  if (Math.abs(value) < 0.1) return `${value.toFixed(2)}%`;
  return Math.abs(value) < 10 ? `${value.toFixed(1)}%` : `${Math.round(value)}%`;
}
