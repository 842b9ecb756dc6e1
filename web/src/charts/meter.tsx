import { evidence } from '../format.ts';
import { progress } from './scale.ts';

interface MeterProps {
  label: string;
  logE: number;
  alpha: number;
  tone: 'good' | 'bad' | 'warn';
}

/** Progress of the evidence for one claim towards the threshold 1 / alpha. */
export function Meter({ label, logE, alpha, tone }: MeterProps) {
  const done = progress(logE, alpha);
  const needed = evidence(Math.log(1 / alpha));
  return (
    <div className="meter">
      <div className="meter-head">
        <span>{label}</span>
        <span className="num">
          {evidence(logE)} <span className="muted">of {needed}</span>
        </span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: the browser's own meter cannot be coloured by claim */}
      <div
        className="meter-track"
        role="meter"
        aria-label={`Evidence: ${label}`}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={Number(done.toFixed(3))}
        aria-valuetext={`${evidence(logE)} of ${needed}${done >= 1 ? ', reached' : ''}`}
      >
        <div className="meter-fill" data-tone={tone} style={{ width: `${done * 100}%` }} />
      </div>
    </div>
  );
}
