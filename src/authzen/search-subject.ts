import type { WhoCanScope } from '../access/who-can-answer.ts';
import { knownGapsOfSearch } from '../guard/known-gaps.ts';
import { searchScope } from '../guard/search-scope.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { JsonObject } from '../policy/json.ts';
import { type PrincipalRef, principalIdOf } from '../policy/principal-id.ts';
import { conditionKeyReader } from './condition-keys.ts';
import type { Door } from './door.ts';
import { readAction, readContext, readEntity, readOpenEntity } from './entities.ts';
import { openQuestionOf, unknownType } from './mapping.ts';
import type { Template } from './names.ts';
import { readPage, type SearchAnswer, searchAnswer } from './page.ts';
import { nothingIfUnknown } from './unknown.ts';

interface FoundSubject {
  readonly type: string;
  readonly id: string;
}

/**
 * Subject Search: users and roles of a type of the table that may do what is asked as themselves, among those that the caller may ask
 * about, users before roles, each in the order of their ARNs.
 */
export async function searchSubjects({ context, table }: Door, body: JsonObject): Promise<SearchAnswer<FoundSubject>> {
  const subject = readOpenEntity(body, 'subject');
  const asked = { action: readAction(body), resource: readEntity(body, 'resource'), context: readContext(body) };
  const page = readPage(body, { search: 'subject', subject, ...asked });
  return nothingIfUnknown(page, async () => {
    const template = table.subjects.get(subject.type);
    if (template === undefined) throw unknownType('subject', subject.type);
    const { catalog, access, now } = context;
    const { question, ignored } = openQuestionOf(
      { table, catalog, keysOf: conditionKeyReader() },
      asked,
      subject.properties,
    );
    const askable = await searchScope(context, {
      actions: [question.action],
      conditional: false,
      given: question.context,
    });
    const scope = ofType(template, askable);
    const options = { after: page.after, limit: page.limit, scope, conditional: false };
    const found = await access.whoCan(question, options, now).catch(withoutOwner);
    const arns = found.entries.map(({ answer }) => principalIdOf(answer.question.subject.principal));
    const isLast = found.before + arns.length >= found.total;
    const next = isLast ? null : (arns.at(-1) ?? page.after ?? '');
    const gaps = await knownGapsOfSearch(context, [question], found);
    const results = arns.map((arn) => ({ type: subject.type, id: template.idIn(arn) ?? arn }));
    return searchAnswer(page, results, { next, total: found.total }, { gaps, ignored });
  });
}

/** Of the principals that the caller may ask about (null: all) those of one type. */
function ofType(template: Template, askable: WhoCanScope | null): WhoCanScope {
  const { accountId } = template;
  const within = askable?.accounts ?? null;
  const accounts =
    accountId === null ? within : within === null ? [accountId] : within.filter((account) => account === accountId);
  return {
    accounts,
    ...(askable?.behind === undefined ? {} : { behind: askable.behind }),
    visible: async (principals) => {
      const isOne = (ref: PrincipalRef): boolean => template.idIn(principalIdOf(ref)) !== null;
      const wanted = principals.filter(isOne);
      const allowed = new Set(askable === null ? wanted : keptBy(wanted, await askable.visible(wanted)));
      return principals.map((ref) => allowed.has(ref));
    },
  };
}

function keptBy<T>(all: readonly T[], kept: readonly boolean[]): readonly T[] {
  return all.filter((_one, index) => kept[index] === true);
}

/** The search has a name of its own for the argument that the error names. */
function withoutOwner(error: unknown): never {
  if (!(error instanceof InvalidInput) || error.field !== 'account') throw error;
  throw new InvalidInput(
    'resource.id',
    'the owner of the resource is not known: the table of short names has to say it as `account`',
    {
      cause: error,
    },
  );
}
