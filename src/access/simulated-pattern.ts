import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { RequestFacts } from '../evaluation/request.ts';
import { Rereading } from '../evaluation/rereading.ts';
import { eachInSteps, type Steps } from '../policy/steps.ts';
import { coverageOf } from './coverage.ts';
import { DecidingRules } from './deciding-rules.ts';
import { namesOne, noAnswer, ownerOf } from './pattern-questions.ts';
import { resourcesOf } from './pattern-resources.ts';
import type { Answer, Question } from './question.ts';

/** A question about a pattern, on policies given with it. */
interface SimulatedPattern {
  readonly question: Question;
  readonly action: CatalogAction;
  readonly catalog: Catalog;
  readonly principal: PreparedPrincipal;
  /** The pattern, with the policy of the resources that it matches. */
  readonly resource: PreparedResource;
  readonly facts: RequestFacts;
}

/** Like PatternQuestions; the only known fact about resources is the policy that is given for all of them. */
export function* simulatedPattern(
  { question, action, catalog, principal, resource, facts }: SimulatedPattern,
  ask: (question: Question, reading: Rereading | null) => Answer,
): Steps<Answer> {
  const { resourceIsPattern: _, ...single } = question;
  if (namesOne(question.resource, action)) {
    const answer = ask(single, null);
    return { ...answer, question, coverage: answer.decision.allowed ? 'ALL' : 'NONE' };
  }
  const { accountId, partition } = principal;
  const rules = new DecidingRules(action, facts);
  for (const account of [accountId, question.resourceAccount ?? '']) if (account !== '') rules.accounts.add(account);
  rules.add(principal, resource);
  const { forms, accounts, regionMatters } = rules;
  const owner = ownerOf(question, accountId);
  const about = { catalog, action, partition, owner, accounts, forms, regionMatters };
  const { arns, complete } = yield* resourcesOf(question.resource, about);
  const [worst, best] = [new Rereading(false, rules.open), new Rereading(true, rules.open)];
  const all = yield* eachInSteps(arns, (arn) => {
    const each = { ...single, resource: arn };
    const readings = rules.dependsOnOpen ? { worst: ask(each, worst), best: ask(each, best) } : null;
    return { arn, answer: ask(each, null), readings };
  });
  const answer = coverageOf(question.resource, all, complete && !rules.isUnsaid);
  if (answer === null) throw noAnswer(question, action, { arns, complete });
  return { ...answer, question };
}
