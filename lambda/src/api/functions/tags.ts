import { tagFunction, tagsFrom, untagFunction } from '../../catalog/functions/tags.ts';
import { recordOf } from '../../catalog/functions.ts';
import { functionReference } from '../../catalog/names.ts';
import { invalidParameter, notSupported, violation } from '../../errors.ts';
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

const TAGS = '/2017-03-31/tags/{Resource}';

export const TAG_OPERATIONS: readonly ApiOperation[] = [
  { name: 'TagResource', route: route('POST', TAGS), run: tag },
  { name: 'UntagResource', route: route('DELETE', TAGS), run: untag },
  { name: 'ListTags', route: route('GET', TAGS), run: list },
];

async function tag(context: ApiContext, request: ApiRequest, [resource]: string[]): Promise<ApiAnswer> {
  const name = taggedFunction(resource);
  const { Tags } = bodyOf(request);
  if (Tags === undefined || Tags === null) throw violation(null, 'tags', 'not be null');
  await tagFunction(context.catalog, name, tagsFrom(Tags));
  return emptyAnswer(204);
}

async function untag(context: ApiContext, request: ApiRequest, [resource]: string[]): Promise<ApiAnswer> {
  const name = taggedFunction(resource);
  const keys = request.query.getAll('tagKeys');
  if (keys.length === 0) throw violation(null, 'tagKeys', 'not be null');
  await untagFunction(context.catalog, name, keys);
  return emptyAnswer(204);
}

function list(context: ApiContext, _: ApiRequest, [resource]: string[]): ApiAnswer {
  return jsonAnswer(200, { Tags: recordOf(context.catalog, taggedFunction(resource)).tags });
}

/** The function that an ARN names. What else of Lambda carries tags is not here yet. */
function taggedFunction(resource = ''): string {
  if (
    /^arn:aws[a-z-]*:lambda:[^:]*:\d*:(event-source-mapping|code-signing-config|capacity-provider):/.test(
      resource,
    )
  ) {
    throw notSupported(`Tagging ${resource}`);
  }
  if (!resource.startsWith('arn:')) throw violation(resource, 'resource', 'be the ARN of a function');
  const { name, qualifier } = functionReference(resource, undefined);
  if (qualifier === undefined) return name;
  throw invalidParameter(
    'Tags on function aliases and versions are not supported. Please specify either a function ARN, an event source mapping ARN or a code signing config ARN.',
  );
}
