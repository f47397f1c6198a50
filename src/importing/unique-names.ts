import type { Facts } from './facts.ts';
import { parseIamArn } from './iam-arn.ts';
import type { Said } from './said.ts';

/**
 * Names of IAM's entities are unique within an account, whatever their path and case: two that differ in nothing else are
 * one entity of which the files say different things.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export function refuseAmbiguousNames(facts: Facts): void {
  for (const entities of [facts.users, facts.groups, facts.roles, facts.policies, facts.instanceProfiles]) {
    refuseIn(entities, facts);
  }
}

function refuseIn(entities: Pick<Said<object>, 'keys' | 'firstPlace'>, facts: Facts): void {
  const arns = new Map<string, string>();
  for (const arn of entities.keys()) {
    const parsed = parseIamArn(arn);
    if (parsed === null) continue;
    const name = `${parsed.partition}:${parsed.account}:${parsed.name.toLowerCase()}`;
    const other = arns.get(name);
    arns.set(name, arn);
    if (other === undefined) continue;
    const places = [entities.firstPlace(other), entities.firstPlace(arn)] as const;
    facts.contradictions.push({ entity: `${other} and ${arn}`, member: 'names are unique in an account', places });
  }
}
