import type { Catalog } from '../catalog/catalog.ts';
import type { Directory, Gathered, GatherRequest } from '../directory/directory.ts';
import type { Rereading } from '../evaluation/rereading.ts';
import { RolegateError } from '../policy/errors.ts';
import type { AssumptionActions } from './assume.ts';
import { checkForms, type WellFormed } from './check-forms.ts';
import { Decider } from './decider.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { isAboutPattern, PatternQuestions, withCoverage } from './pattern-questions.ts';
import type { Answer, Question } from './question.ts';
import { type OneRevision, onOneRevision } from './scan.ts';
import type { Work } from './work.ts';

/** The dependencies of decisions. */
export interface DecideTools {
  readonly directory: Directory;
  readonly catalog: Catalog;
  readonly actions: AssumptionActions;
  /** The request that asks. Left out: each search is the work of a request of its own. */
  readonly work?: Work;
}

/**
 * Answers `questions` in their order, all on one state of the directory: first everything they need is gathered, then they
 * are decided one after the other without waiting. A question that cannot be answered gets its error in its place.
 */
export async function decideEach(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): Promise<readonly (Answer | RolegateError)[]> {
  const { catalog } = tools;
  if (!questions.some((question) => isAboutPattern(question, catalog))) return decidePlain(tools, questions, now);
  return onOneRevision((check) => decideWithPatterns(tools, questions, now, check));
}

/** As `decideEach`, without waiting; null: something is not in memory, or a question about a pattern takes several steps. */
export function decideNow(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): readonly (Answer | RolegateError)[] | null {
  if (questions.some(({ resourceIsPattern }) => resourceIsPattern === true)) return null;
  const forms = checkForms(tools.catalog, questions);
  const gathered = tools.directory.gatherNow(gatherRequestOf(wellFormed(forms), now));
  return gathered === null ? null : decideOn(tools, forms, gathered, now, null);
}

function wellFormed(forms: readonly (WellFormed | RolegateError)[]): readonly Question[] {
  return forms.flatMap((form) => (form instanceof RolegateError ? [] : [form.question]));
}

function decideOn(
  tools: DecideTools,
  forms: readonly (WellFormed | RolegateError)[],
  gathered: Gathered,
  now: number,
  reading: Rereading | null,
): readonly (Answer | RolegateError)[] {
  const decider = new Decider(tools, gathered, now, reading);
  return forms.map((form) => (form instanceof RolegateError ? form : decider.answer(form)));
}

/** Like `decideEach`, each question about one resource. `reading`: how to read the policies; null: as written. */
async function decideAlike(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  reading: Rereading | null,
): Promise<readonly (Answer | RolegateError)[]> {
  const forms = checkForms(tools.catalog, questions);
  const request = gatherRequestOf(wellFormed(forms), now);
  const gathered = tools.directory.gatherNow(request) ?? (await tools.directory.gather(request));
  return decideOn(tools, forms, gathered, now, reading);
}

/** Like `decideEach`, if no question is about a pattern. */
async function decidePlain(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
): Promise<readonly (Answer | RolegateError)[]> {
  const answers = await decideAlike(tools, questions, now, null);
  if (!questions.some(({ resourceIsPattern }) => resourceIsPattern === true)) return answers;
  return answers.map((answer) => (answer instanceof RolegateError ? answer : withCoverage(answer)));
}

/** Like `decideEach`, if some questions are about patterns: each of those takes several steps. */
async function decideWithPatterns(
  tools: DecideTools,
  questions: readonly Question[],
  now: number,
  check: OneRevision,
): Promise<readonly (Answer | RolegateError)[]> {
  const plain = questions.filter((question) => !isAboutPattern(question, tools.catalog));
  const answers = [...(await decidePlain(tools, plain, now))];
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
  const [form] = checkForms(tools.catalog, [question]);
  if (form === undefined || form instanceof RolegateError) return form ?? new RolegateError('InvalidInput', '');
  try {
    return await patterns.answer(question, form.action);
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
