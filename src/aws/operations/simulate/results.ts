import type * as iam from '@aws-sdk/client-iam';
import { nextTurn } from '../../../access/next-turn.ts';
import type { Answer } from '../../../access/question.ts';
import type { DecisionEffect, LayerDecision } from '../../../evaluation/decision.ts';
import type { PolicyLayer } from '../../../evaluation/layer.ts';
import { mostRestrictive } from '../../../evaluation/most-restrictive.ts';
import { readableStatements } from '../../../guard/readable-policy.ts';
import type { AwsContext } from '../operation.ts';
import type { GivenAction } from './given.ts';
import { invalidInput } from './invalid-input.ts';
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
  /** Whether requests on a resource cross accounts. */
  readonly crosses: (resource: string) => boolean;
  readonly places: Places;
  /** Statements that the answer may still name. */
  readonly room: { statements: number };
}

/** Statements that one answer names at most. */
export const MOST_STATEMENTS = 20_000;

const DECISIONS: Readonly<Record<DecisionEffect, iam.PolicyEvaluationDecisionType>> = {
  ALLOWED: 'allowed',
  EXPLICIT_DENY: 'explicitDeny',
  IMPLICIT_DENY: 'implicitDeny',
};

/** Resources of which results are made in one turn. */
const IN_ONE_TURN = 100;

/** What was found for one resource. */
interface OnResource {
  readonly result: iam.ResourceSpecificResult;
  readonly inOrganizations: boolean;
  readonly inBoundary: boolean;
}

/**
 * One result for each action, whatever the number of resources: its decision is the most restrictive of those on its resources.
 * Statements of policies that the caller may not read are left out, as everywhere in the gateway. Throws InvalidInput if there are
 * too many statements.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export async function evaluationResult(
  context: AwsContext,
  given: GivenAction,
  answers: readonly [Answer, ...Answer[]],
  simulated: Simulated,
): Promise<iam.EvaluationResult> {
  const { byResource, inOrganization, hasBoundary, missing } = simulated;
  const [{ decision: first }, ...others] = answers;
  const { effect } = mostRestrictive(
    first,
    others.map(({ decision }) => decision),
  );
  const each: OnResource[] = [];
  for (const answer of answers) {
    if (each.length % IN_ONE_TURN === 0) await nextTurn();
    each.push(await onResource(context, answer, simulated));
  }
  const results = each.map(({ result }) => result);
  const contributing = results.filter(({ EvalResourceDecision }) => EvalResourceDecision === DECISIONS[effect]);
  const matched = effect === 'IMPLICIT_DENY' ? [] : contributing.flatMap((one) => one.MatchedStatements ?? []);
  const resources = answers.map(({ question }) => question.resource);
  const allowed = {
    byOrganizations: each.every(({ inOrganizations }) => inOrganizations),
    byBoundary: each.every(({ inBoundary }) => inBoundary),
  };
  return {
    EvalActionName: given.name,
    EvalResourceName: resourceName(context, given, resources),
    EvalDecision: DECISIONS[effect],
    MatchedStatements: unique(matched),
    MissingContextValues: [...missing],
    ...(inOrganization && { OrganizationsDecisionDetail: { AllowedByOrganizations: allowed.byOrganizations } }),
    ...(hasBoundary && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: allowed.byBoundary } }),
    ...(byResource && { EvalDecisionDetails: mostOf(results), ResourceSpecificResults: results }),
  };
}

async function onResource(
  context: AwsContext,
  { question, decision }: Answer,
  { missing, hasBoundary, crosses, places, room }: Simulated,
): Promise<OnResource> {
  const across = crosses(question.resource);
  const { effect, layers } = decision;
  const inOrganizations = effectOf(layers, 'SERVICE_CONTROL_POLICY') === 'ALLOWED';
  const inBoundary = effectOf(layers, 'PERMISSIONS_BOUNDARY') === 'ALLOWED';
  const statements = await readableStatements(context, determining(effect, layers, across));
  room.statements -= statements.length;
  if (room.statements < 0) {
    throw invalidInput(
      `Invalid Input ActionNames: more than ${MOST_STATEMENTS} statements match: simulate fewer actions or resources at once`,
    );
  }
  const result = {
    EvalResourceName: question.resource,
    EvalResourceDecision: DECISIONS[effect],
    MatchedStatements: statements.map((statement) => awsStatement(statement, places)),
    MissingContextValues: [...missing],
    ...(across && inOrganizations && { EvalDecisionDetails: decisionDetails(layers, hasBoundary) }),
    ...(hasBoundary && { PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: inBoundary } }),
  };
  return { result, inOrganizations, inBoundary };
}

/** A layer that took no part limits nothing. */
function effectOf(layers: readonly LayerDecision[], ...names: readonly PolicyLayer[]): DecisionEffect {
  return layers.find(({ layer }) => names.includes(layer))?.effect ?? 'ALLOWED';
}

type Details = Record<string, iam.PolicyEvaluationDecisionType>;

/** How each kind of policy decides a request across accounts. */
function decisionDetails(layers: readonly LayerDecision[], hasBoundary: boolean): Details {
  return {
    [IAM_POLICY]: DECISIONS[effectOf(layers, 'IDENTITY_POLICY')],
    [RESOURCE_POLICY]: DECISIONS[effectOf(layers, 'RESOURCE_POLICY', 'TRUST_POLICY')],
    ...(hasBoundary && { [BOUNDARY_POLICY]: DECISIONS[effectOf(layers, 'PERMISSIONS_BOUNDARY')] }),
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
