import { NEW_SESSION_NAME, SESSION_NAME } from '../policy/context-key.ts';
import type { MatchedStatement } from './decision.ts';
import type { Evaluation } from './evaluation.ts';
import { mayName } from './match-principal.ts';
import type { Rule } from './rule.ts';
import { candidateNames } from './session-names.ts';
import { resourceControlOf } from './situation.ts';
import { supposing, unsaidBy } from './unsaid.ts';

/** What a question must add to get another answer, and the statements that this depends on. */
export interface Requirements {
  readonly requires: readonly string[];
  readonly statements: readonly MatchedStatement[];
}

export const NOTHING_REQUIRED: Requirements = { requires: [], statements: [] };

/** Greatest number of session names that are tried. */
const TRIED = 200;

const ROLE_SESSION_NAME = 'roleSessionName';

/** The answer to the same question with all facts given. */
interface Supposed {
  readonly allowed: boolean;
  readonly matchedStatements: readonly MatchedStatement[];
}

/**
 * For a denied request, whether some value of an unsaid role session name would allow it. (A request that is allowed
 * for every name needs none.) `decide` answers the question with a name.
 */
export function requirementsOf(evaluation: Evaluation, decide: (supposed: Evaluation) => Supposed): Requirements {
  const unsaid = unsaidBy(evaluation) & (SESSION_NAME | NEW_SESSION_NAME);
  if (unsaid === 0) return NOTHING_REQUIRED;
  const depending = rulesAbout(evaluation).filter((rule) => dependsOn(rule, evaluation, unsaid));
  if (depending.length === 0) return NOTHING_REQUIRED;
  const statements = depending.map((rule) => rule.statement);
  const names = candidateNames(evaluation, statements, unsaid).slice(0, TRIED);
  const decisive = new Set<MatchedStatement>();
  let requires = NOTHING_REQUIRED.requires;
  for (const supposed of supposing(evaluation, unsaid, names)) {
    const { allowed, matchedStatements } = decide(supposed);
    if (!allowed) continue;
    requires = [ROLE_SESSION_NAME];
    for (const statement of matchedStatements) decisive.add(statement);
  }
  return { requires, statements: depending.map((rule) => rule.asMatched).filter((one) => decisive.has(one)) };
}

/** Names of the calling session that some statement about the action distinguishes; none: its name is known. */
export function tellingNames(evaluation: Evaluation): readonly string[] {
  const unsaid = unsaidBy(evaluation) & SESSION_NAME;
  const depending = unsaid === 0 ? [] : rulesAbout(evaluation).filter((rule) => dependsOn(rule, evaluation, unsaid));
  if (depending.length === 0) return [];
  const statements = depending.map((rule) => rule.statement);
  return candidateNames(evaluation, statements, unsaid).slice(0, TRIED);
}

function dependsOn({ unsaid: inRule, principal }: Rule, evaluation: Evaluation, unsaid: number): boolean {
  return (inRule & unsaid) !== 0 || (principal !== null && mayName(principal, evaluation.principal));
}

/** Every statement about the action in any layer, in the order in which decisions show the layers. */
function rulesAbout(evaluation: Evaluation): readonly Rule[] {
  const { principal, action, resource, request } = evaluation;
  const plan = principal.policies?.for(action);
  return [
    ...(resourceControlOf(evaluation)?.for(action).placed ?? []),
    ...(plan?.serviceControl?.placed ?? []),
    ...(request.endpoint?.for(action).placed ?? []),
    ...(resource.policyPlans?.for(action).placed ?? []),
    ...(resource.bucket?.plans?.for(action).placed ?? []),
    ...(resource.grantPlans?.for(action).placed ?? []),
    ...(plan?.placed ?? []),
    ...(plan?.boundary?.placed ?? []),
    ...(principal.session?.plans.for(action).placed ?? []),
  ];
}
