import { layerNameOf, layerVersionArn, layerVersionNumber } from '../../catalog/layers/layer-names.ts';
import {
  addLayerPermission,
  layerPolicyShown,
  layerStatementFrom,
  removeLayerPermission,
} from '../../catalog/layers/layer-policy.ts';
import {
  type ApiAnswer,
  type ApiContext,
  type ApiOperation,
  type ApiRequest,
  bodyOf,
  emptyAnswer,
  jsonAnswer,
} from '../operation.ts';
import { route } from '../route.ts';

const ALL = '/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy';
const ONE = '/2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}';

/** Which other accounts may use a layer version: kept and shown, as there are none here. */
export const LAYER_POLICY_OPERATIONS: readonly ApiOperation[] = [
  { name: 'AddLayerVersionPermission', route: route('POST', ALL), run: add },
  { name: 'GetLayerVersionPolicy', route: route('GET', ALL), run: get },
  { name: 'RemoveLayerVersionPermission', route: route('DELETE', ONE), run: remove },
];

async function add(context: ApiContext, request: ApiRequest, labels: string[]): Promise<ApiAnswer> {
  const { name, version } = targetOf(context, labels);
  const arn = layerVersionArn(context.catalog.account, name, version);
  const statement = layerStatementFrom(bodyOf(request), arn);
  const revisionId = request.query.get('RevisionId') ?? undefined;
  const RevisionId = await addLayerPermission(context.catalog, name, version, statement, revisionId);
  return jsonAnswer(201, { Statement: JSON.stringify(statement), RevisionId });
}

function get(context: ApiContext, _: ApiRequest, labels: string[]): ApiAnswer {
  const { name, version } = targetOf(context, labels);
  const { text, revisionId } = layerPolicyShown(context.catalog, name, version);
  return jsonAnswer(200, { Policy: text, RevisionId: revisionId });
}

async function remove(context: ApiContext, request: ApiRequest, labels: string[]): Promise<ApiAnswer> {
  const { name, version } = targetOf(context, labels);
  const revisionId = request.query.get('RevisionId') ?? undefined;
  await removeLayerPermission(context.catalog, name, version, labels[2] ?? '', revisionId);
  return emptyAnswer(204);
}

function targetOf(context: ApiContext, [layer = '', number = '']: string[]) {
  return {
    name: layerNameOf(context.catalog.account, layer),
    version: layerVersionNumber(number),
  };
}
