import type { FunctionView } from '../../../../src/operate/functions/schema.ts';
import { Card } from '../../parts/card.tsx';
import { Copy } from '../../parts/copy.tsx';

export function Facts({ view, className }: { view: FunctionView; className: string }) {
  const { url, arn, handler, environmentNames } = view;
  return (
    <Card title="Configuration" className={className}>
      <dl className="facts">
        <dt>URL</dt>
        <dd>
          {url === null ? (
            <span className="muted">No function URL</span>
          ) : (
            <span className="with-copy">
              <a href={url} target="_blank" rel="noreferrer" className="mono">
                {url}
              </a>
              <Copy value={url} what="the URL" />
            </span>
          )}
        </dd>
        <dt>ARN</dt>
        <dd>
          <span className="with-copy">
            <code>{arn}</code>
            <Copy value={arn} what="the ARN" />
          </span>
        </dd>
        <dt>Handler</dt>
        <dd>
          <code>{handler}</code>
        </dd>
        <dt>Variables</dt>
        <dd>
          {environmentNames.length === 0 ? (
            <span className="muted">No environment variables</span>
          ) : (
            <span className="chips">
              {environmentNames.map((name) => (
                <span key={name} className="chip">
                  {name}
                </span>
              ))}
            </span>
          )}
        </dd>
      </dl>
    </Card>
  );
}
