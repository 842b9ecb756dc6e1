import { invalidParameter, violation } from '../errors.ts';
import type { Statement } from './records.ts';

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
  for (const [member, pattern] of Object.entries(PATTERNS)) {
    const value = request[member];
    if (value === undefined || value === null) {
      if (REQUIRED.includes(member)) throw violation(null, camel(member), 'not be null');
    } else if (typeof value !== 'string' || !pattern.test(value)) {
      throw violation(value, camel(member), `satisfy regular expression pattern: ${pattern.source}`);
    }
  }
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
