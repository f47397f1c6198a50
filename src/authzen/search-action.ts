import { canBeAbout } from '../access/effective-permissions-filter.ts';
import type { Question } from '../access/question.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { askEach } from '../guard/ask.ts';
import { parseArn } from '../policy/arn.ts';
import type { JsonObject } from '../policy/json.ts';
import { conditionKeyReader } from './condition-keys.ts';
import { shortMessage } from './decision.ts';
import type { Door } from './door.ts';
import { readContext, readEntity } from './entities.ts';
import { questionOf, resourceOf } from './mapping.ts';
import type { NameTable } from './names.ts';
import { pageOfAll, readPage, type SearchAnswer } from './page.ts';
import { isOfSubject, nothingIfUnknown } from './unknown.ts';

interface FoundAction {
  readonly name: string;
}

/**
 * Action Search: of the table's actions for the type of the resource those that the subject may do, by name; for a type that has none,
 * of all of AWS's actions that can be asked on the resource.
 */
export async function searchActions({ context, table }: Door, body: JsonObject): Promise<SearchAnswer<FoundAction>> {
  const asked = {
    subject: readEntity(body, 'subject'),
    resource: readEntity(body, 'resource'),
    context: readContext(body),
  };
  const page = readPage(body, { search: 'action', ...asked });
  return nothingIfUnknown(page, async () => {
    const { catalog } = context;
    const names = actionNames(table, catalog, asked.resource.type, resourceOf(table, asked.resource));
    // One question, so that all actions are asked with the same subject and the same context: they are then decided together.
    const [first] = names;
    if (first === undefined) return pageOfAll(page, []);
    const action = { name: first, properties: {} };
    const { question, ignored } = questionOf({ table, catalog, keysOf: conditionKeyReader() }, { ...asked, action });
    const short = table.actions.get(asked.resource.type);
    const questions = names.map((name): Question => ({ ...question, action: short?.get(name) ?? name }));
    const answers = await askEach(context, questions);
    const refused = answers.find((answer) => answer instanceof Error);
    if (refused !== undefined && isOfSubject(refused)) throw refused;
    const isAllowed = (index: number): boolean => {
      const answer = answers[index];
      return answer !== undefined && !(answer instanceof Error) && answer.decision.allowed;
    };
    const all = names.filter((_name, index) => isAllowed(index)).map((name) => ({ key: name, result: { name } }));
    return pageOfAll(page, all, { reason: refused && shortMessage(refused), ignored });
  });
}

function actionNames(table: NameTable, catalog: Catalog, type: string, arn: string): readonly string[] {
  const short = table.actions.get(type);
  if (short !== undefined) return [...short.keys()].sort();
  const service = parseArn(arn)?.service;
  if (service === undefined) return [];
  const actions = catalog.actionsOf(service).filter(canBeAbout(catalog, arn));
  return actions.map(({ name }) => name).sort();
}
