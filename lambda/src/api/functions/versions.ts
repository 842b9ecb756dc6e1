import { publishVersion, recordOf } from '../../catalog/functions.ts';
import { functionReference } from '../../catalog/names.ts';
import type { VersionRecord } from '../../catalog/records.ts';
import { refuseUnhonoured } from '../../catalog/settings/fixed-settings.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  jsonAnswer,
  latestOf,
  optionalText,
} from '../operation.ts';
import { page, versionKey } from '../page.ts';
import { route } from '../route.ts';
import { configuration } from '../wire.ts';

const VERSIONS = '/2015-03-31/functions/{FunctionName}/versions';

export const VERSION_OPERATIONS: readonly ApiOperation[] = [
  { name: 'PublishVersion', route: route('POST', VERSIONS), run: publish },
  { name: 'ListVersionsByFunction', route: route('GET', VERSIONS), run: list },
];

async function publish(context: ApiContext, request: ApiRequest, [reference]: string[]): Promise<ApiAnswer> {
  const name = latestOf(reference);
  const body = bodyOf(request);
  refuseUnhonoured(body);
  const version = await publishVersion(context.catalog, name, {
    codeSha256: optionalText(body, 'CodeSha256'),
    revisionId: optionalText(body, 'RevisionId'),
    description: optionalText(body, 'Description'),
  });
  return jsonAnswer(
    201,
    configuration(context.catalog.account, name, version, { qualifier: version.version }),
  );
}

function list(context: ApiContext, request: ApiRequest, [reference]: string[]): ApiAnswer {
  const { name } = functionReference(reference ?? '', undefined);
  const record = recordOf(context.catalog, name);
  const versions = {
    name: 'ListVersionsByFunction',
    items: [record.latest, ...record.versions],
    keyOf: versionKey,
  };
  const { items, NextMarker } = page<VersionRecord>(versions, request.query);
  const { account } = context.catalog;
  const Versions = items.map((version) =>
    configuration(account, name, version, { qualifier: version.version, inList: true }),
  );
  return jsonAnswer(200, { Versions, NextMarker });
}
