import { invalidParameter, LambdaError, violation } from '../../errors.ts';
import { MAX_POLICY_BYTES } from '../../limits.ts';
import type { Statement } from '../records.ts';

type Wire = Record<string, unknown>;

/** Member of AddPermission -> what its text must match. Source: AWS, API reference of AddPermission. */
const PATTERNS: Record<string, RegExp> = {
  StatementId: /^[a-zA-Z0-9-_]{1,100}$/,
  Action: /^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/,
  Principal: /^\S{1,256}$/,
  SourceArn: /^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9-])+:([a-z]{2}(-[a-z]+)+-\d)?:(\d{12})?:(.*)$/,
  SourceAccount: /^\d{12}$/,
  EventSourceToken: /^[a-zA-Z0-9._-]{1,256}$/,
  PrincipalOrgID: /^o-[a-z0-9]{10,32}$/,
  FunctionUrlAuthType: /^(NONE|AWS_IAM)$/,
};
const REQUIRED = ['StatementId', 'Action', 'Principal'];

/**
 * The policy statement that the members of AddPermission stand for, on the function, version or alias with this ARN.
 * Throws InvalidParameterValueException.
 */
export function statementFrom(request: Wire, resource: string): Statement {
  checkPatterns(request, PATTERNS, REQUIRED);
  const condition = conditionOf(request);
  return {
    Sid: request.StatementId as string,
    Effect: 'Allow',
    Principal: principalOf(request.Principal as string),
    Action: request.Action as string,
    Resource: resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

/** Throws InvalidParameterValueException for a member that is no text of its pattern, or is required and absent. */
export function checkPatterns(
  request: Wire,
  patterns: Record<string, RegExp>,
  required: string[] = [],
): void {
  for (const [member, pattern] of Object.entries(patterns)) {
    const value = request[member];
    if (value === undefined || value === null) {
      if (required.includes(member)) throw violation(null, camel(member), 'not be null');
    } else if (typeof value !== 'string' || !pattern.test(value)) {
      throw violation(value, camel(member), `satisfy regular expression pattern: ${pattern.source}`);
    }
  }
}

/** The policy document that AWS shows. */
export function documentOf(statements: Statement[]): string {
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements });
}

/** A policy with one statement more. 409 when there is one with its id; PolicyLengthExceededException when it is too large. */
export function withStatement(statements: Statement[], added: Statement): Statement[] {
  if (statements.some(({ Sid }) => Sid === added.Sid)) {
    throw new LambdaError(
      'ResourceConflictException',
      `The statement id (${added.Sid}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    );
  }
  const all = [...statements, added];
  if (Buffer.byteLength(documentOf(all)) <= MAX_POLICY_BYTES) return all;
  throw new LambdaError(
    'PolicyLengthExceededException',
    `The final policy size is bigger than the limit (${MAX_POLICY_BYTES}).`,
  );
}

/** A policy without one of its statements; 404 when there is none with this id. */
export function withoutStatement(statements: Statement[], sid: string): Statement[] {
  const left = statements.filter(({ Sid }) => Sid !== sid);
  if (left.length < statements.length) return left;
  throw new LambdaError('ResourceNotFoundException', `Statement ${sid} is not found in resource policy.`);
}

/** Everybody, an account, an IAM identity, or a service of AWS. */
function principalOf(principal: string): Statement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (/^arn:aws[a-z-]*:(iam|sts)::\d{12}:\S+$/.test(principal)) return { AWS: principal };
  if (/^[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)$/.test(principal)) return { Service: principal };
  throw invalidParameter('The provided principal was invalid. Please check the principal and try again.');
}

function conditionOf(request: Wire): NonNullable<Statement['Condition']> {
  const equals = present({
    'AWS:SourceAccount': request.SourceAccount,
    'lambda:EventSourceToken': request.EventSourceToken,
    'lambda:FunctionUrlAuthType': urlAuthType(request),
    'aws:PrincipalOrgID': request.PrincipalOrgID,
  });
  const like = present({ 'AWS:SourceArn': request.SourceArn });
  const bool = present({ 'lambda:InvokedViaFunctionUrl': viaFunctionUrl(request) });
  return {
    ...(equals ? { StringEquals: equals } : {}),
    ...(like ? { ArnLike: like } : {}),
    ...(bool ? { Bool: bool } : {}),
  };
}

function urlAuthType({ FunctionUrlAuthType, Action }: Wire): unknown {
  if (FunctionUrlAuthType != null && Action !== 'lambda:InvokeFunctionUrl') {
    throw invalidParameter('FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action');
  }
  return FunctionUrlAuthType;
}

function viaFunctionUrl({ InvokedViaFunctionUrl: value, Action }: Wire): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'boolean') throw invalidParameter('InvokedViaFunctionUrl must be true or false');
  if (Action !== 'lambda:InvokeFunction') {
    throw invalidParameter('InvokedViaFunctionUrl is only supported for lambda:InvokeFunction action');
  }
  return String(value);
}

function present(values: Wire): Record<string, string> | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return entries.length > 0 ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
}

function camel(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}
