import type { Catalog } from '../catalog/catalog.ts';
import type { PrincipalPolicies } from '../evaluation/applicable-policies.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import type { PrincipalFacts } from '../evaluation/principal.ts';
import { parseArn } from '../policy/arn.ts';
import { InvalidInput } from '../policy/errors.ts';
import { checkContext } from './check-context.ts';
import { shortened } from './check-resource.ts';
import { fieldOf, type Question } from './question.ts';

/** A caller that the directory holds, and its policies. */
export interface StoredCaller {
  /** Null: what follows from its ARN. */
  readonly facts: PrincipalFacts | null;
  readonly policies: PrincipalPolicies;
}

/**
 * Where AWS's policy simulator departs from AWS:
 * - It looks up no resource. Without a resource policy only the caller's side is decided: the resource counts as the caller's own,
 *   and nothing of its own has to let the caller in.
 * - Resources are texts: any ARN, whether the action can be asked on it or not; `*` is matched by `*` alone.
 * - Condition keys are those that are given, and a few about the caller.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export interface SimulatorRules {
  /** Names of the keys that follow from the caller, in lower case. */
  readonly follows: ReadonlySet<string>;
}

/** A resource of which only what the caller's policies say counts. */
export function withoutItsSide(resource: PreparedResource, accountId: string | null): PreparedResource {
  return { ...resource, accountId, partition: '', kind: 'other' };
}

/** As `checkQuestion`, by the simulator's rules. */
export function checkSimulated(
  catalog: Catalog,
  question: Pick<Question, 'resource' | 'context' | 'path' | 'fields'>,
): readonly string[] {
  const { resource, context } = question;
  if (resource !== '*' && parseArn(resource) === null) {
    throw new InvalidInput(fieldOf(question, 'resource'), `\`${shortened(resource)}\` is neither an ARN nor *`);
  }
  return context.size === 0 ? [] : checkContext(catalog, context, () => fieldOf(question, 'context'));
}
