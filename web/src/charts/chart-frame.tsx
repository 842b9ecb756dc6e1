import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChartLine, IconTable } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { Card } from '../parts/card.tsx';

export interface LegendItem {
  label: string;
  /** A CSS colour. */
  colour: string;
  kind: 'line' | 'band' | 'bar' | 'dash' | 'hatch';
}

interface ChartTable {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

interface ChartFrameProps {
  title: string;
  aside?: ReactNode;
  legend?: readonly LegendItem[];
  /** The same numbers as a table; built only when shown. */
  table(): ChartTable;
  className?: string;
  /** A sentence below the chart. */
  note?: string;
  children: ReactNode;
}

/** A card around a chart: title, legend, and the switch between chart and table. */
export function ChartFrame({ title, aside, legend = [], table, className, note, children }: ChartFrameProps) {
  const [asTable, setAsTable] = useState(false);
  const label = asTable ? 'Show as chart' : 'Show as table';
  const Icon = asTable ? IconChartLine : IconTable;
  const toggle = (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={28}
        aria-label={`${label}: ${title}`}
        aria-pressed={asTable}
        onClick={() => setAsTable(!asTable)}
      >
        <Icon size={16} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Card
      title={title}
      aside={aside}
      className={className ?? ''}
      end={
        <>
          {legend.length > 0 && <Legend items={legend} />}
          {toggle}
        </>
      }
    >
      {asTable ? <NumbersTable title={title} table={table()} /> : children}
      {note !== undefined && !asTable && <p className="chart-note small muted">{note}</p>}
    </Card>
  );
}

function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <ul className="legend">
      {items.map(({ label, colour, kind }) => (
        <li key={label}>
          <span className="swatch" data-kind={kind} style={{ color: colour }} />
          {label}
        </li>
      ))}
    </ul>
  );
}

function NumbersTable({ title, table: { head, rows } }: { title: string; table: ChartTable }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="numbers" tabIndex={0} aria-label={`${title}, as a table`}>
      <table className="table">
        <thead>
          <tr>
            {head.map((name, index) => (
              <th key={name} scope="col" className={index === 0 ? undefined : 'right'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]}>
              {row.map((value, index) => (
                <td key={head[index]} className={index === 0 ? 'nowrap' : 'right'}>
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
