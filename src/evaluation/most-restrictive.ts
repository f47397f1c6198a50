import type { Decision, DecisionEffect } from './decision.ts';

const RANK: Readonly<Record<DecisionEffect, number>> = { ALLOWED: 0, IMPLICIT_DENY: 1, EXPLICIT_DENY: 2 };

/**
 * A call that touches several resources (the image, the subnet and the instance of ec2:RunInstances) must be allowed on
 * every one: the outcome is the most restrictive decision, the first among equals.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export function mostRestrictive(first: Decision, others: readonly Decision[]): Decision {
  return others.reduce((most, each) => (RANK[each.effect] > RANK[most.effect] ? each : most), first);
}
