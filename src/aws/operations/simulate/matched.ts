import type { Position, Statement } from '@aws-sdk/client-iam';
import type { DecisionEffect, LayerDecision, MatchedStatement } from '../../../evaluation/decision.ts';
import { parseArn } from '../../../policy/arn.ts';
import type { Place } from '../../../policy/json-text.ts';
import { type StatementPlace, statementPlaces } from '../../../policy/statement-places.ts';
import { awsNameOf } from './invalid-input.ts';

/** Layers whose statements AWS names. Those of service control policies are not. */
const NAMED = new Set<MatchedStatement['layer']>([
  'IDENTITY_POLICY',
  'RESOURCE_POLICY',
  'TRUST_POLICY',
  'PERMISSIONS_BOUNDARY',
]);

/**
 * The statements that determine a decision: those that deny, or those that allow. Of an implicit denial across accounts the
 * Allows of the side that allows: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html (Example 3)
 */
export function determining(
  effect: DecisionEffect,
  layers: readonly LayerDecision[],
  acrossAccounts: boolean,
): readonly MatchedStatement[] {
  const all = layers.flatMap(({ layer, matchedStatements }) => (NAMED.has(layer) ? matchedStatements : []));
  if (effect === 'EXPLICIT_DENY') return all.filter((one) => one.effect === 'DENY');
  if (effect === 'IMPLICIT_DENY' && !acrossAccounts) return [];
  return all.filter((one) => one.effect === 'ALLOW' && one.layer !== 'PERMISSIONS_BOUNDARY');
}

/** The places of statements by the text of their document: each text is read once. */
export type Places = Map<string, readonly StatementPlace[]>;

/** A statement as AWS names it. A statement without a place is of a stored document that AWS would not have taken. */
export function awsStatement(matched: MatchedStatement, places: Places): Statement {
  const place = placeOf(matched, places);
  const named = { SourcePolicyId: sourceId(matched), SourcePolicyType: sourceType(matched) };
  const at = place === undefined ? {} : { StartPosition: position(place.start), EndPosition: position(place.end) };
  // as: AWS sends `IAM Policy` and `Resource Policy`, and no value of its own enumeration
  return { ...named, ...at } as Statement;
}

function placeOf({ documentText, index }: MatchedStatement, places: Places): StatementPlace | undefined {
  if (documentText === null) return undefined;
  const known = places.get(documentText) ?? statementPlaces(documentText);
  places.set(documentText, known);
  return known[index];
}

function position({ line, column }: Place): Position {
  return { Line: line, Column: column };
}

/**
 * `PolicyInputList.1` for a policy that was given, the name of a managed policy, `user_NAME_POLICY` for an inline policy.
 * The samples of https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html have all three.
 */
function sourceId({ layer, policy, policyName, arn, holder }: MatchedStatement): string {
  if (layer === 'RESOURCE_POLICY' || layer === 'TRUST_POLICY') return 'ResourcePolicy';
  if (arn !== null) return policyName ?? arn;
  if (holder === null) return awsNameOf(policy);
  const [kind, ...path] = (parseArn(holder)?.resource ?? '').split('/');
  return `${kind}_${path.at(-1)}_${policyName ?? policy}`;
}

/** As the samples have it, and not as AWS's model enumerates it. */
function sourceType({ layer }: MatchedStatement): string {
  if (layer === 'RESOURCE_POLICY' || layer === 'TRUST_POLICY') return RESOURCE_POLICY;
  return layer === 'PERMISSIONS_BOUNDARY' ? BOUNDARY_POLICY : IAM_POLICY;
}

/** AWS's names of the kinds of policy. */
export const IAM_POLICY = 'IAM Policy';
export const RESOURCE_POLICY = 'Resource Policy';
export const BOUNDARY_POLICY = 'Permissions Boundary Policy';
