import { NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { type Filter, OUTCOMES, SINCE, type Since } from './filter.ts';

const SINCE_LABELS: Record<Since, string> = { all: 'All', '24h': '24 h', '7d': '7 d', '30d': '30 d' };
/** Delay after the last key before a filter applies, milliseconds. */
const TYPING_MS = 300;

export function Filters({ filter, onChange }: { filter: Filter; onChange(next: Filter): void }) {
  return (
    <div className="filters">
      <SegmentedControl
        size="xs"
        value={filter.since}
        onChange={(since) => onChange({ ...filter, since: since as Since })}
        data={Object.keys(SINCE).map((value) => ({ value, label: SINCE_LABELS[value as Since] }))}
        aria-label="How far back"
        withItemsBorders={false}
      />
      <div className="filter-fields">
        <Word label="Who" value={filter.caller} onChange={(caller) => onChange({ ...filter, caller })} />
        <Word
          label="Operation"
          value={filter.operation}
          onChange={(operation) => onChange({ ...filter, operation })}
        />
        <NativeSelect
          size="xs"
          aria-label="Outcome"
          value={filter.outcome}
          onChange={(event) =>
            onChange({ ...filter, outcome: event.currentTarget.value as Filter['outcome'] })
          }
          data={[
            { value: '', label: 'Any outcome' },
            ...OUTCOMES.map((value) => ({ value, label: value[0]?.toUpperCase() + value.slice(1) })),
          ]}
        />
      </div>
    </div>
  );
}

function Word({ label, value, onChange }: { label: string; value: string; onChange(value: string): void }) {
  const [typed, setTyped] = useState(value);

  useEffect(() => setTyped(value), [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing is a reason
  useEffect(() => {
    const word = typed.trim();
    if (word === value) return;
    const timer = setTimeout(() => onChange(word), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  return (
    <TextInput
      size="xs"
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      placeholder={label}
      aria-label={label}
    />
  );
}
