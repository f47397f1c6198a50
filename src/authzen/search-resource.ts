import type { Answer, Question } from '../access/question.ts';
import { askEach } from '../guard/ask.ts';
import { RolegateError } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { type Candidate, candidatesAfter } from './candidates.ts';
import { conditionKeyReader } from './condition-keys.ts';
import { shortMessage } from './decision.ts';
import type { Door } from './door.ts';
import { readAction, readContext, readEntity, readOpenEntity } from './entities.ts';
import { openQuestionOf, subjectOf, unknownType, withProperties } from './mapping.ts';
import { readPage, type SearchAnswer, searchAnswer } from './page.ts';
import { isOfSubject, nothingIfUnknown } from './unknown.ts';

interface FoundResource {
  readonly type: string;
  readonly id: string;
}

/** Most resources that one request looks at, of any type. What comes after them is on the next page. */
const MOST_CANDIDATES = 10_000;
const CHUNK = 500;

/**
 * Resource Search: of the table's list for the type, and of the directory's resources that have the form of its ARNs and that the caller
 * may list, those on which the subject may do the action. Properties of the table's list count before those of the request, which says
 * them of no single resource.
 */
export async function searchResources(door: Door, body: JsonObject): Promise<SearchAnswer<FoundResource>> {
  const { context, table } = door;
  const resource = readOpenEntity(body, 'resource');
  const asked = { subject: readEntity(body, 'subject'), action: readAction(body), context: readContext(body) };
  const page = readPage(body, { search: 'resource', resource, ...asked });
  return nothingIfUnknown(page, async () => {
    if (!table.resources.has(resource.type)) throw unknownType('resource', resource.type);
    const words = { table, catalog: context.catalog, keysOf: conditionKeyReader() };
    const subject = subjectOf(table, asked.subject);
    const questionOn = ({ arn, properties }: Candidate): Question => {
      const one = { type: resource.type, id: arn, properties: withProperties(resource.properties, properties) };
      const { question } = openQuestionOf(words, { ...asked, resource: one }, asked.subject.properties);
      return { ...question, subject };
    };
    const found: Candidate[] = [];
    let refused: Error | undefined;
    let looked = 0;
    let last = page.after;
    for await (const chunk of candidatesAfter(door, resource.type, page.after, CHUNK)) {
      const { candidates } = chunk;
      const answers = await askEach(context, candidates.map(questionOn));
      refused ??= answers.find((answer) => answer instanceof Error);
      if (refused !== undefined && isOfWhole(refused)) throw refused;
      found.push(...candidates.filter((_one, index) => isAllowed(answers[index])));
      last = chunk.last;
      looked += chunk.looked;
      if (found.length > page.limit || looked >= MOST_CANDIDATES) break;
    }
    const part = found.slice(0, page.limit);
    const isCut = found.length > part.length;
    const next = isCut ? (part.at(-1)?.key ?? page.after ?? '') : looked >= MOST_CANDIDATES ? last : null;
    const results = part.map(({ id }) => ({ type: resource.type, id }));
    return searchAnswer(page, results, { next }, { reason: refused && shortMessage(refused) });
  });
}

function isAllowed(answer: Answer | Error | undefined): boolean {
  return answer !== undefined && !(answer instanceof Error) && answer.decision.allowed;
}

/** Errors about one resource leave it out: the action cannot be asked on it. */
function isOfWhole(error: Error): boolean {
  return isOfSubject(error) || !(error instanceof RolegateError) || error.code !== 'BAD_USER_INPUT';
}
