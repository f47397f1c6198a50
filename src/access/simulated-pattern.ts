import type { Catalog, CatalogAction } from '../catalog/catalog.ts';
import { Rereading } from '../evaluation/rereading.ts';
import { coverageOf } from './coverage.ts';
import type { DecidingRules } from './deciding-rules.ts';
import { misfit, namesOne } from './pattern-questions.ts';
import { resourcesOf } from './pattern-resources.ts';
import type { Answer, Question } from './question.ts';

/** A question about a pattern, on policies given with it. */
interface SimulatedPattern {
  readonly question: Question;
  readonly action: CatalogAction;
  readonly catalog: Catalog;
  readonly partition: string;
  /** As in About. */
  readonly owner: string | null;
  /** Including those of the policies. */
  readonly rules: DecidingRules;
}

/** Like PatternQuestions; the only known fact about resources is the policy that is given for all of them. */
export function simulatedPattern(
  { question, action, catalog, partition, owner, rules }: SimulatedPattern,
  ask: (question: Question, reading: Rereading | null) => Answer,
): Answer {
  const { resourceIsPattern: _, ...single } = question;
  if (namesOne(question.resource, action)) {
    const answer = ask(single, null);
    return { ...answer, question, coverage: answer.decision.allowed ? 'ALL' : 'NONE' };
  }
  const { forms, accounts, regionMatters } = rules;
  const { arns, complete } = resourcesOf(question.resource, {
    catalog,
    action,
    partition,
    owner,
    accounts,
    forms,
    regionMatters,
  });
  const [worst, best] = [new Rereading(false, rules.open), new Rereading(true, rules.open)];
  const all = arns.map((arn) => {
    const each = { ...single, resource: arn };
    const readings = rules.dependsOnOpen ? { worst: ask(each, worst), best: ask(each, best) } : null;
    return { arn, answer: ask(each, null), readings };
  });
  const answer = coverageOf(question.resource, all, complete && !rules.isUnsaid);
  if (answer === null) throw misfit(question, action);
  return { ...answer, question };
}
