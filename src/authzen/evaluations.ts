import { MAX_QUESTIONS } from '../access/check-question.ts';
import type { Answer } from '../access/question.ts';
import { Work } from '../access/work.ts';
import { askEach } from '../guard/ask.ts';
import { sharedSubjects } from '../guard/shared-subjects.ts';
import { InvalidInput, RolegateError } from '../policy/errors.ts';
import { isList, isObject, type JsonObject, type JsonValue } from '../policy/json.ts';
import { eachInSteps } from '../policy/steps.ts';
import { conditionKeyReader } from './condition-keys.ts';
import { type Decision, decisionOf } from './decision.ts';
import type { Door } from './door.ts';
import { memberOf, optional, readAsked } from './entities.ts';
import { questionOf } from './mapping.ts';

/**
 * Access Evaluation: one decision. Throws InvalidInput for a request that is not of the form, and FORBIDDEN if the caller may not ask
 * about the subject, whether or not there is one. Names that mean nothing are a denial with an `error`, as are subjects that are not
 * there.
 */
export async function evaluation(door: Door, body: JsonObject): Promise<Decision> {
  const asked = readAsked(body);
  const [decision] = await decideEach(door, [asked], () => asked);
  if (decision === undefined) throw new Error('an evaluation without a decision');
  const { context } = decision;
  if ('error' in context && context.error.status === 403) throw new RolegateError('FORBIDDEN', context.error.message);
  return decision;
}

/**
 * Access Evaluations: decisions in the order of `evaluations`, up to the one that ends them (`options.evaluations_semantic`). Without
 * the list, one evaluation. What a list entry lacks it takes whole from the request. An entry that is not of the form is a denial with
 * an `error`.
 */
export async function evaluations(
  door: Door,
  body: JsonObject,
): Promise<Decision | { readonly evaluations: readonly Decision[] }> {
  const given = memberOf(body, 'evaluations');
  const list = given === undefined ? [] : given;
  if (!isList(list)) throw new InvalidInput('evaluations', '`evaluations` must be a list');
  const endsWith = endOf(body);
  if (list.length === 0) return evaluation(door, body);
  if (list.length > MAX_QUESTIONS) {
    throw new InvalidInput('evaluations', `\`evaluations\` has ${list.length} entries; the limit is ${MAX_QUESTIONS}`);
  }
  const defaults = defaultsOf(body);
  const decisions = await decideEach(door, list, (item) => readAsked(withDefaults(item, defaults)));
  const end = endsWith === null ? -1 : decisions.findIndex(({ decision }) => decision === endsWith);
  return { evaluations: end === -1 ? decisions : decisions.slice(0, end + 1) };
}

const ENTITIES = ['subject', 'action', 'resource', 'context'] as const;

function defaultsOf(body: JsonObject): JsonObject {
  const given = ENTITIES.filter((name) => memberOf(body, name) !== undefined);
  return Object.fromEntries(given.map((name) => [name, optional(body, name, name)]));
}

function withDefaults(item: JsonValue, defaults: JsonObject): JsonObject {
  if (isObject(item)) return { ...defaults, ...item };
  throw new InvalidInput('evaluations', 'an entry of `evaluations` must be an object');
}

const SEMANTICS: Readonly<Record<string, boolean | null>> = {
  execute_all: null,
  deny_on_first_deny: false,
  permit_on_first_permit: true,
};

/** The decision after which no other is answered; null: there is none. */
function endOf(body: JsonObject): boolean | null {
  const semantic = memberOf(optional(body, 'options', 'options'), 'evaluations_semantic');
  if (semantic === undefined) return null;
  if (typeof semantic === 'string' && Object.hasOwn(SEMANTICS, semantic)) return SEMANTICS[semantic] ?? null;
  const names = Object.keys(SEMANTICS).join(', ');
  throw new InvalidInput('options.evaluations_semantic', `\`options.evaluations_semantic\` must be one of ${names}`);
}

/** All decided together. Throws errors that concern the whole request. */
async function decideEach<Item>(
  { context, table }: Door,
  items: readonly Item[],
  read: (item: Item) => ReturnType<typeof readAsked>,
): Promise<readonly Decision[]> {
  const shared = sharedSubjects();
  const words = { table, catalog: context.catalog, keysOf: conditionKeyReader() };
  const { work = new Work() } = context;
  const asked = (item: Item) => {
    try {
      const { question, ignored } = questionOf(words, read(item));
      return { question: { ...question, subject: shared(question.subject) }, ignored };
    } catch (error) {
      if (error instanceof RolegateError) return error;
      throw error;
    }
  };
  const mapped = await work.run(eachInSteps(items, asked));
  const questions = mapped.flatMap((one) => (one instanceof RolegateError ? [] : [one.question]));
  const answers = (await askEach(context, questions)).values();
  return work.each(mapped, (one) => {
    if (one instanceof RolegateError) return decisionOf(context, one, []);
    const answer: Answer | Error | undefined = answers.next().value;
    if (answer === undefined) throw new Error('a question without an answer');
    return decisionOf(context, answer, one.ignored);
  });
}
