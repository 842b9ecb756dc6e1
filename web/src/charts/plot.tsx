import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import { type Palette, readPalette } from './palette.ts';

interface PlotProps {
  /** Text alternative: what the chart shows, with its current numbers. */
  label: string;
  height: number;
  /** A new shape or colour scheme rebuilds the chart; new data only redraw it. */
  shape: string;
  options(palette: Palette): Omit<uPlot.Options, 'width' | 'height'>;
  data: uPlot.AlignedData;
}

/** A canvas chart that fills its container's width and redraws at most once per frame. */
export function Plot({ label, height, shape, options, data }: PlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | undefined>(undefined);
  const latest = useRef({ options, data });
  latest.current = { options, data };
  const scheme = useComputedColorScheme('light');

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new scheme or shape rebuilds the chart
  useEffect(() => {
    const element = host.current as HTMLDivElement;
    const built = new uPlot(
      { ...latest.current.options(readPalette()), width: element.clientWidth, height },
      latest.current.data,
      element,
    );
    chart.current = built;
    const observer = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== built.width)
        built.setSize({ width: element.clientWidth, height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.current = undefined;
      built.destroy();
    };
  }, [scheme, shape, height]);

  useEffect(() => {
    const frame = requestAnimationFrame(() => chart.current?.setData(data));
    return () => cancelAnimationFrame(frame);
  }, [data]);

  return <div ref={host} role="img" aria-label={label} className="plot" style={{ height }} />;
}
