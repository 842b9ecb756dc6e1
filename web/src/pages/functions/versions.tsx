import type { FunctionView } from '../../../../src/operate/functions/schema.ts';
import { ago, bytes, count, percent, usd } from '../../format.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { useNow } from '../../parts/now.ts';

export function Versions({ view }: { view: FunctionView }) {
  const now = useNow(10_000);
  const aliasesOf = (version: string) => view.aliases.filter((alias) => alias.version === version);
  return (
    <Card title="Versions" flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="scroll-x" aria-label="Versions, table" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Version</th>
              <th scope="col">Published</th>
              <th scope="col" className="right">
                Size
              </th>
              <th scope="col" className="right">
                Invocations
              </th>
              <th scope="col" className="right">
                Cold starts
              </th>
              <th scope="col" className="right">
                Cost on AWS
              </th>
              <th scope="col">Code</th>
            </tr>
          </thead>
          <tbody>
            {view.versions.map(
              ({ version, lastModified, codeSha256, codeSizeBytes, description, ...figures }) => (
                <tr key={version}>
                  <th scope="row">
                    <span className="chips">
                      {version}
                      {aliasesOf(version).map(({ name }) => (
                        <Badge key={name} tone="live">
                          {name}
                        </Badge>
                      ))}
                    </span>
                    {description !== '' && <div className="small muted">{description}</div>}
                  </th>
                  <td className="nowrap muted">{ago(lastModified, now)}</td>
                  <td className="right nowrap">{bytes(codeSizeBytes)}</td>
                  <td className="right nowrap">{count(figures.invocations)}</td>
                  <td className="right nowrap">{count(figures.coldStarts)}</td>
                  <td className="right nowrap">{usd(figures.costUsd)}</td>
                  <td className="mono muted" title={codeSha256}>
                    {codeSha256.slice(0, 8)}
                  </td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

export function Aliases({ view, className }: { view: FunctionView; className: string }) {
  return (
    <Card title="Aliases" className={className}>
      {view.aliases.length === 0 ? (
        <p className="muted">
          No aliases yet. An alias such as <code>live</code> selects the version that callers get.
        </p>
      ) : (
        <ul className="aliases">
          {view.aliases.map((alias) => (
            <li key={alias.name}>
              <Alias alias={alias} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The versions an alias routes to with their shares, as a bar and as text. */
function Alias({ alias }: { alias: FunctionView['aliases'][number] }) {
  const others = Object.entries(alias.weights);
  const rest = 1 - others.reduce((sum, [, weight]) => sum + weight, 0);
  const parts = [[alias.version, rest] as const, ...others];
  return (
    <>
      <div className="alias-head">
        <strong>{alias.name}</strong>
        <span className="small muted">{alias.description}</span>
      </div>
      <div className="weights" aria-hidden="true">
        {parts.map(([version, weight], index) => (
          <div key={version} data-index={index} style={{ flexGrow: weight }} />
        ))}
      </div>
      <ul className="legend">
        {parts.map(([version, weight], index) => (
          <li key={version}>
            <span className="weight-swatch" data-index={index} />
            version {version}: <span className="num">{percent(weight)}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
