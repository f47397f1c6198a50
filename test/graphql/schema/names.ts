import { type GraphQLSchema, getNamedType } from 'graphql';
import { type Element, elementsOf } from './elements.ts';
import type { Fault } from './rules.ts';

// The same thing has the same name, wherever it is given. The rule is written down in src/README.md, "The schema's rules".

/** How an argument or a field of an input may be called, by its type. */
const NAMES: readonly (readonly [type: RegExp, names: RegExp, rule: string])[] = [
  [/^Arn$/, /^(arn|resources?|assumedRole)$|[a-z](Arns?|Resources)$/, '`arn`, `…Arn`, `resource` or `assumedRole`'],
  [
    /^AccountId$/,
    /^(accountIds?|resourceAccount|sourceAccount)$/,
    '`accountId`, `accountIds`, `resourceAccount` or `sourceAccount`',
  ],
  [/^PrincipalId$/, /^principal$/, '`principal`'],
  [/^RequestContext$/, /^context$/, '`context`'],
  [/^DateTime$/, /^(from|until)$|[a-z](At|Before|After)$/, '`from`, `until` or `…At`'],
  [
    /^PolicyDocument$/,
    /^document$|[a-z](Document|Policy|Policies|Boundaries)$/,
    '`document`, `…Document` or `…Policies`',
  ],
  [/FilterInput$/, /^filter$/, '`filter`'],
  [/^ID$/, /^ids?$|[a-z]Ids?$/, '`id` or `…Id`'],
];

const PAGING: Readonly<Record<string, string>> = { first: 'Int', last: 'Int', after: 'String', before: 'String' };

/** Faults against the names, and names that mean one thing here and another there. */
export function argumentNames(schema: GraphQLSchema): readonly Fault[] {
  const given = elementsOf(schema).filter(({ kind }) => kind === 'argument' || kind === 'inputField');
  return [...given.flatMap(misnamed), ...given.flatMap(misusedPaging), ...ambiguous(given)];
}

function misnamed(element: Element): readonly Fault[] {
  const type = typeName(element);
  const rule = NAMES.find(([pattern]) => pattern.test(type));
  if (rule === undefined || rule[1].test(element.name)) return [];
  return [{ at: element.at, message: `is a ${type}, which is called ${rule[2]}` }];
}

function misusedPaging(element: Element): readonly Fault[] {
  const wanted = PAGING[element.name];
  if (wanted === undefined || element.kind === 'inputField' || typeName(element) === wanted) return [];
  return [{ at: element.at, message: `is ${String(element.type)}, and \`${element.name}\` pages through connections` }];
}

/** The most frequent type of a name is what it means; all others are at fault. `input` and `filter` are each field’s own. */
function ambiguous(given: readonly Element[]): readonly Fault[] {
  return given.flatMap((element) => {
    if (element.name === 'input' || element.name === 'filter') return [];
    const types = given.filter(({ name }) => name === element.name).map(typeName);
    const count = (type: string): number => types.filter((each) => each === type).length;
    const usual = [...new Set(types)].sort((a, b) => count(b) - count(a) || (a < b ? -1 : 1))[0];
    if (usual === undefined || usual === typeName(element)) return [];
    return [{ at: element.at, message: `is ${String(element.type)}; elsewhere \`${element.name}\` is a ${usual}` }];
  });
}

function typeName({ type }: Element): string {
  return type === undefined ? '' : getNamedType(type).name;
}
