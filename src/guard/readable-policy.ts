import type { Answer } from '../access/question.ts';
import type { MatchedStatement } from '../evaluation/decision.ts';
import type { PolicyInPlace } from '../evaluation/veil.ts';
import { parseArn } from '../policy/arn.ts';
import type { PrincipalCaller } from '../session/caller.ts';
import type { GuardContext } from './context.ts';
import { meetingOf } from './decision-loader.ts';
import { allOf, andThen, type MaybePromise } from './maybe-promise.ts';
import { mayDo, type Permission } from './permission.ts';
import { isCallersSession, roleOfSession } from './readable.ts';
import { mayReadResourcePolicy } from './readable-resource.ts';

/**
 * The permission needed to read the document of a managed policy; null: none, as everybody may read AWS managed policies.
 */
export function policyDocumentPermission(arn: string): Permission | null {
  if (parseArn(arn)?.accountId === 'aws') return null;
  return { action: 'iam:GetPolicyVersion', resource: arn, account: null };
}

const INLINE_READS: Readonly<Record<string, string>> = {
  user: 'iam:GetUserPolicy',
  group: 'iam:GetGroupPolicy',
  role: 'iam:GetRolePolicy',
};

/** The permission needed to read the inline policies of a user, group or role with the ARN `holder`. */
export function inlinePolicyPermission(holder: string): Permission {
  const action = INLINE_READS[parseArn(holder)?.resource.split('/', 1)[0] ?? ''];
  if (action === undefined) throw new Error(`not an entity with inline policies: ${holder}`);
  return { action, resource: holder, account: null };
}

/** Which policies of a request are readable, by their names. Forgotten with the decisions behind it. */
const found = new WeakMap<object, WeakMap<PrincipalCaller, Map<string, MaybePromise<boolean>>>>();

/** Whether the caller may read a policy. Decided once for each policy. */
export function mayReadPolicy(context: GuardContext, statement: PolicyInPlace): MaybePromise<boolean> {
  const { caller } = context;
  const { arn, holder } = statement;
  // Of statements and policies a checker gets nothing.
  if (caller.kind === 'checker') return false;
  // The policy came with the question: the caller knows it.
  if (arn === null && holder === null) return true;
  if (caller.kind !== 'principal') return caller.kind === 'operator';
  const meeting = meetingOf(context);
  const byCaller = found.get(meeting) ?? new WeakMap<PrincipalCaller, Map<string, MaybePromise<boolean>>>();
  found.set(meeting, byCaller);
  const known = byCaller.get(caller) ?? new Map<string, MaybePromise<boolean>>();
  byCaller.set(caller, known);
  const key = `${statement.layer} ${arn ?? holder}`;
  const decided = known.get(key) ?? decideReading(context, caller, statement);
  known.set(key, decided);
  return decided;
}

function decideReading(
  context: GuardContext,
  caller: PrincipalCaller,
  { layer, arn, holder }: PolicyInPlace,
): MaybePromise<boolean> {
  const named = arn ?? holder ?? '';
  switch (layer) {
    case 'SERVICE_CONTROL_POLICY':
    case 'RESOURCE_CONTROL_POLICY': {
      // Policies made by AWS: FullAWSAccess, RCPFullAWSAccess.
      if (parseArn(named)?.accountId === 'aws') return true;
      return mayDo(context, { action: 'organizations:DescribePolicy', resource: named, account: null });
    }
    case 'TRUST_POLICY':
      return mayDo(context, { action: 'iam:GetRole', resource: named, account: null });
    case 'RESOURCE_POLICY':
    case 'UNDERLYING_BUCKET_POLICY':
      return mayReadResourcePolicy(context, named);
    case 'KMS_GRANT':
      return mayDo(context, { action: 'kms:ListGrants', resource: named, account: null });
    case 'VPC_ENDPOINT_POLICY': {
      const account = parseArn(named)?.accountId ?? '';
      return mayDo(context, { action: 'ec2:DescribeVpcEndpoints', resource: '*', account });
    }
    case 'IDENTITY_POLICY':
    case 'PERMISSIONS_BOUNDARY':
    case 'SESSION_POLICY':
    // It has no statements.
    case 'BLOCK_PUBLIC_ACCESS':
      break;
  }
  if (arn !== null) {
    const permission = policyDocumentPermission(arn);
    return permission === null ? true : mayDo(context, permission);
  }
  if (layer !== 'SESSION_POLICY') return mayDo(context, inlinePolicyPermission(named));
  if (isCallersSession(caller, { arn: named })) return true;
  return mayDo(context, { action: 'iam:GetRole', resource: roleOfSession(named), account: null });
}

/** Those of `statements` whose policies the caller may read. */
export function readableStatements(
  context: GuardContext,
  statements: readonly MatchedStatement[],
): MaybePromise<MatchedStatement[]> {
  if (context.caller.kind === 'operator') return [...statements];
  if (context.caller.kind === 'checker') return [];
  const readable = allOf(statements.map((statement) => mayReadPolicy(context, statement)));
  return andThen(readable, (known) => statements.filter((_statement, index) => known[index] === true));
}

/** The reason of a decision, without the name of a policy that the caller may not read. */
export function readableReason(context: GuardContext, { decision }: Answer): MaybePromise<string> {
  // Sentences are made when they are read: a checker gets this one alone.
  if (context.caller.kind === 'checker') return decision.unnamedReason;
  if (context.caller.kind === 'operator') return decision.reason;
  const { reason, unnamedReason } = decision;
  if (reason === unnamedReason) return reason;
  const { allowed, deniedBy, matchedStatements } = decision;
  const named = allowed ? matchedStatements[0] : matchedStatements.find(({ layer }) => layer === deniedBy);
  if (named === undefined) return unnamedReason;
  return andThen(mayReadPolicy(context, named), (readable) => (readable ? reason : unnamedReason));
}
