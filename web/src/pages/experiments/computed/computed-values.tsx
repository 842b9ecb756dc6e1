import type { LookView, MetricLook } from '../../../../../src/experiments/schema.ts';
import { EFFECT_SCALES } from '../../../charts/confidence/effect-scale.ts';
import { NONE, stopwatch } from '../../../format.ts';

/** Every number of the last look with the digits that `upstack stats` prints. */
export function ComputedValues({ look }: { look: LookView }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="scroll-x" aria-label="Computed values, table" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">ln E of the claim</th>
            <Heading>Supported</Heading>
            <Heading>Refuted</Heading>
            <Heading>Harm</Heading>
            <Heading>Needed: ln 1/α</Heading>
            <Heading>Confidence sequence</Heading>
            <th scope="col">Reached</th>
          </tr>
        </thead>
        <tbody>
          {look.metrics.map((metric) => (
            <Row key={metric.metric} metric={metric} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Heading({ children }: { children: string }) {
  return (
    <th scope="col" className="right">
      {children}
    </th>
  );
}

function Row({ metric }: { metric: MetricLook }) {
  const { low, high } = metric;
  const lowest = EFFECT_SCALES[metric.scale].lowest === 0 ? '0' : '−∞';
  return (
    <tr>
      <th scope="row">{metric.metric}</th>
      <td className="right num">{exact(metric.logESupported)}</td>
      <td className="right num">{exact(metric.logERefuted)}</td>
      <td className="right num">{exact(metric.logEHarm)}</td>
      <td className="right num">{exact(Math.log(1 / metric.alpha))}</td>
      <td className="right num">
        {low === null ? lowest : exact(low)} to {high === null ? '∞' : exact(high)}
      </td>
      <td>{firstReached(metric)}</td>
    </tr>
  );
}

/** Looks that were stored before the moment was kept have a state alone. */
function firstReached({ reached, state }: MetricLook): string {
  if (reached) return `${state} at ${stopwatch(reached.elapsedMs / 1000)}, ln E ${exact(reached.logE)}`;
  return state === 'open' ? NONE : state;
}

/** Six decimals: enough to compare with the command's output, little enough to read. */
export function exact(value: number): string {
  return value.toFixed(6);
}
