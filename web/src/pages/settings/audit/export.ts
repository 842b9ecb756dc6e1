import { call } from '../../../api.ts';

/** Downloads the whole log as JSON lines, oldest row first, with hashes. */
export async function downloadAudit(): Promise<void> {
  const parts: string[] = [];
  for (let after = 0; ; ) {
    const { rows } = await call('exportAudit', { after });
    if (rows.length === 0) break;
    parts.push(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    after = rows.at(-1)?.sequence ?? after;
  }
  const url = URL.createObjectURL(new Blob(parts, { type: 'application/jsonl' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'upstack-audit.jsonl';
  link.click();
  URL.revokeObjectURL(url);
}
