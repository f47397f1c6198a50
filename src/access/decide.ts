import type { Catalog } from '../catalog/catalog.ts';
import type { Gathered, GatherRequest, Revision } from '../directory/directory.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import { RolegateError } from '../policy/errors.ts';
import { checkAction } from './check-action.ts';
import { checkQuestion } from './check-question.ts';
import type { Decider } from './decider.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { onOneCatalog } from './one-catalog.ts';
import { isAboutPattern, PatternQuestions } from './pattern-questions.ts';
import { type Answer, fieldOf, type Question } from './question.ts';
import { type OneRevision, onOneRevision } from './scan.ts';
import { type DecideTools, decideTogether, type Waiting } from './together.ts';

export type { DecideTools };

/** Answers, or the errors of questions that cannot be answered. */
export type Answers = readonly (Answer | RolegateError)[];

/**
 * Answers `questions` in their order, all on one state of the directory. A question that cannot be answered gets its error in
 * its place. The answers themselves if everything is in memory; `waiting`: how to wait for what is not. Left out: alone.
 */
export function decideEach(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  waiting: Waiting = alone(tools, now),
): Answers | Promise<Answers> {
  const { catalog } = tools;
  if (questions.length === 0) return [];
  if (questions.some((question) => isAboutPattern(question, catalog)))
    return onOneCatalog(tools, (all) => onOneRevision((check) => decideWithPatterns(all, questions, now, check)));
  return decideTogether(tools, batchOf(questions), now, waiting);
}

function batchOf(questions: readonly Question[]) {
  const question = (index: number): Question => {
    const one = questions[index];
    if (one === undefined) throw new Error('no such question');
    return one;
  };
  return {
    count: questions.length,
    question,
    decide: (index: number, decider: Decider): Answer => decider.answer(question(index)),
  };
}

/**
 * On which of `resources` the subject of a question may do what it asks; its own resource does not count. Null: it cannot be said
 * of all of them, and `decideEach` says why.
 */
export function allowedAmong(
  tools: DecideTools,
  question: Question,
  resources: readonly string[],
  now: number,
  waiting: Waiting = alone(tools, now),
): readonly boolean[] | null | Promise<readonly boolean[] | null> {
  if (resources.includes('*')) return null;
  const on = (index: number): string => resources[index] ?? '';
  const results = decideTogether<boolean>(
    tools,
    {
      count: resources.length,
      question: (index) => ({ ...question, resource: on(index), path: question.path }),
      decide: (index, decider) => decider.allows(question, on(index)),
    },
    now,
    waiting,
  );
  return results instanceof Promise ? results.then(withoutErrors) : withoutErrors(results);
}

function withoutErrors(results: readonly (boolean | RolegateError)[]): readonly boolean[] | null {
  return results.every((result) => typeof result === 'boolean') ? results : null;
}

/** Everything that questions need, of one revision. Those that are malformed need nothing. */
export function gatherFor(
  { directory, catalog, forSearch }: DecideTools,
  questions: readonly Question[],
  now: number,
  since?: Revision,
): Promise<Gathered> {
  const wellFormed = questions.filter((question) => isWellFormed(catalog, question));
  const request = gatherRequestOf(wellFormed, now);
  return directory.gather(forSearch === undefined ? request : { ...request, forSearch }, since);
}

function isWellFormed(catalog: Catalog, question: Question): boolean {
  try {
    checkQuestion(catalog, question, checkAction(catalog, question.action, ''));
    return true;
  } catch (error) {
    if (error instanceof RolegateError) return false;
    throw error;
  }
}

/** Waits for no others. `known`: any state of the directory that is no older is good enough. */
export function alone(tools: DecideTools, now: number, known?: Revision): Waiting {
  let since: Revision | null = known ?? null;
  return {
    decider: null,
    get since() {
      return since;
    },
    check: async () => {
      since = await tools.directory.revision();
      return since;
    },
    load: (questions) => gatherFor(tools, questions, now, since ?? undefined),
  };
}

/** Like `decideEach`, each question about one resource. `reading`: how to read the policies; null: as written. */
async function decideAlike(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  reading: Rereading | null,
): Promise<Answers> {
  return decideTogether(tools, batchOf(questions), now, alone(tools, now), reading);
}

/** Like `decideEach`, if some questions are about patterns: each of those takes several steps. */
async function decideWithPatterns(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  check: OneRevision,
): Promise<readonly (Answer | RolegateError)[]> {
  const plain = questions.filter((question) => !isAboutPattern(question, tools.catalog));
  const answers = [...(await decideAlike(tools, plain, now, null))];
  for (const answer of answers) if (!(answer instanceof RolegateError)) check(answer.revision);
  const patterns = new PatternQuestions(tools, now, check, (each, reading) => decideAlike(tools, each, now, reading));
  const all: (Answer | RolegateError)[] = [];
  for (const question of questions) {
    const answer = isAboutPattern(question, tools.catalog)
      ? await patternAnswer(tools, patterns, question)
      : answers.shift();
    if (answer === undefined) throw new Error('a question without an answer');
    all.push(answer);
  }
  return all;
}

async function patternAnswer(
  tools: DecideTools,
  patterns: PatternQuestions,
  question: Question,
): Promise<Answer | RolegateError> {
  try {
    const action = checkAction(tools.catalog, question.action, fieldOf(question, 'action'));
    checkQuestion(tools.catalog, question, action);
    return await patterns.answer(question, action);
  } catch (error) {
    if (error instanceof RolegateError) return error;
    throw error;
  }
}

/** Like `decideEach`, but all or nothing: a fault in one question fails them all, with the place of the first fault. */
export async function decide(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const faults: RolegateError[] = [];
  for (const answer of await decideEach(tools, questions, now)) {
    if (answer instanceof RolegateError) faults.push(answer);
    else answers.push(answer);
  }
  const [first] = faults;
  if (first === undefined) return answers;
  if (faults.length === 1) throw first;
  const more = `${first.message} (and ${faults.length - 1} more of ${questions.length} could not be answered)`;
  throw new RolegateError(first.code, more, { field: first.field, cause: first });
}

function gatherRequestOf(questions: readonly Question[], now: number): GatherRequest {
  const resources = new Map<string, { readonly arn: string; readonly accountId: string | null }>();
  for (const { resource, furtherResources = [], resourceAccount } of questions) {
    for (const arn of [resource, ...furtherResources]) {
      const key = `${resourceAccount ?? ''} ${arn}`;
      if (!resources.has(key)) resources.set(key, { arn, accountId: resourceAccount });
    }
  }
  const about = gatherForSubjects(questions);
  return { ...about, resources: [...resources.values(), ...about.resources], now };
}
