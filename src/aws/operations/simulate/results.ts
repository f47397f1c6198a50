import type * as iam from '@aws-sdk/client-iam';
import type { Answer } from '../../../access/question.ts';
import type { Decision, DecisionEffect } from '../../../evaluation/decision.ts';
import type { PolicyLayer } from '../../../evaluation/layer.ts';
import { mostRestrictive } from '../../../evaluation/most-restrictive.ts';
import { readableStatements } from '../../../guard/readable-policy.ts';
import type { AwsContext } from '../operation.ts';
import type { GivenAction } from './given.ts';
import { awsStatement, BOUNDARY_POLICY, determining, IAM_POLICY, type Places, RESOURCE_POLICY } from './matched.ts';
import { resourceName } from './resource-name.ts';

/** What is the same for all results of a simulation. */
export interface Simulated {
  /** Whether resources were given: AWS then reports on each. */
  readonly byResource: boolean;
  /** The caller's account is in an organization. */
  readonly inOrganization: boolean;
  readonly hasBoundary: boolean;
  readonly missing: readonly string[];
  /** Whether a decision was made about a resource of another account. */
  readonly acrossAccounts: (answer: Answer) => boolean;
  readonly places: Places;
}

const DECISIONS: Readonly<Record<DecisionEffect, iam.PolicyEvaluationDecisionType>> = {
  ALLOWED: 'allowed',
  EXPLICIT_DENY: 'explicitDeny',
  IMPLICIT_DENY: 'implicitDeny',
};

/**
 * One result for each action, whatever the number of resources: its decision is the most restrictive of those on its resources.
 * Statements of policies that the caller may not read are left out, as everywhere in the gateway.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export async function evaluationResult(
  context: AwsContext,
  given: GivenAction,
  answers: readonly [Answer, ...Answer[]],
  simulated: Simulated,
): Promise<iam.EvaluationResult> {
  const { byResource, inOrganization, hasBoundary, missing } = simulated;
  const [first, ...others] = answers.map(({ decision }) => decision);
  if (first === undefined) throw new Error('a result needs an answer');
  const decision = mostRestrictive(first, others);
  const each = await Promise.all(answers.map((answer) => resourceResult(context, answer, simulated)));
  const contributing = each.filter(({ EvalResourceDecision }) => EvalResourceDecision === DECISIONS[decision.effect]);
  const matched = decision.effect === 'IMPLICIT_DENY' ? [] : contributing.flatMap((one) => one.MatchedStatements ?? []);
  return {
    EvalActionName: given.name,
    EvalResourceName: resourceName(
      context,
      given,
      answers.map(({ question }) => question.resource),
    ),
    EvalDecision: DECISIONS[decision.effect],
    MatchedStatements: unique(matched),
    MissingContextValues: [...missing],
    ...(inOrganization && { OrganizationsDecisionDetail: { AllowedByOrganizations: allAllow(answers, SCP) } }),
    ...(hasBoundary && { PermissionsBoundaryDecisionDetail: boundaryDetail(answers) }),
    ...(byResource && { EvalDecisionDetails: mostOf(each), ResourceSpecificResults: each }),
  };
}

const SCP: PolicyLayer = 'SERVICE_CONTROL_POLICY';

async function resourceResult(
  context: AwsContext,
  answer: Answer,
  { missing, hasBoundary, acrossAccounts, places }: Simulated,
): Promise<iam.ResourceSpecificResult> {
  const { question, decision } = answer;
  const across = acrossAccounts(answer);
  const statements = await readableStatements(context, determining(decision, across));
  return {
    EvalResourceName: question.resource,
    EvalResourceDecision: DECISIONS[decision.effect],
    MatchedStatements: statements.map((statement) => awsStatement(statement, places)),
    MissingContextValues: [...missing],
    ...(across &&
      effectOf(decision, SCP) === 'ALLOWED' && { EvalDecisionDetails: decisionDetails(decision, hasBoundary) }),
    ...(hasBoundary && { PermissionsBoundaryDecisionDetail: boundaryDetail([answer]) }),
  };
}

/** A layer that took no part limits nothing. */
function effectOf({ layers }: Decision, ...names: readonly PolicyLayer[]): DecisionEffect {
  return layers.find(({ layer }) => names.includes(layer))?.effect ?? 'ALLOWED';
}

function allAllow(answers: readonly Answer[], layer: PolicyLayer): boolean {
  return answers.every(({ decision }) => effectOf(decision, layer) === 'ALLOWED');
}

function boundaryDetail(answers: readonly Answer[]): iam.PermissionsBoundaryDecisionDetail {
  return { AllowedByPermissionsBoundary: allAllow(answers, 'PERMISSIONS_BOUNDARY') };
}

type Details = Record<string, iam.PolicyEvaluationDecisionType>;

/** How each kind of policy decides a request across accounts. */
function decisionDetails(decision: Decision, hasBoundary: boolean): Details {
  return {
    [IAM_POLICY]: DECISIONS[effectOf(decision, 'IDENTITY_POLICY')],
    [RESOURCE_POLICY]: DECISIONS[effectOf(decision, 'RESOURCE_POLICY', 'TRUST_POLICY')],
    ...(hasBoundary && { [BOUNDARY_POLICY]: DECISIONS[effectOf(decision, 'PERMISSIONS_BOUNDARY')] }),
  };
}

const RANK: readonly iam.PolicyEvaluationDecisionType[] = ['allowed', 'implicitDeny', 'explicitDeny'];

/** The most restrictive decision of each kind of policy; empty within one account. */
function mostOf(results: readonly iam.ResourceSpecificResult[]): Details {
  const most: Details = {};
  for (const { EvalDecisionDetails = {} } of results) {
    for (const [kind, decision] of Object.entries(EvalDecisionDetails)) {
      const before = most[kind];
      if (before === undefined || RANK.indexOf(decision) > RANK.indexOf(before)) most[kind] = decision;
    }
  }
  return most;
}

function unique(statements: readonly iam.Statement[]): iam.Statement[] {
  return [...new Map(statements.map((statement) => [JSON.stringify(statement), statement])).values()];
}
