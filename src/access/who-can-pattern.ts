import { globOfParts, globsOverlap, type ResourceGlob } from '../analysis/resource-set.ts';
import type { PreparedResource } from '../evaluation/prepare.ts';
import { InvalidInput } from '../policy/errors.ts';
import type { CompiledStatement } from '../policy/statement.ts';
import { readTemplate } from '../policy/variable.ts';
import { KnownResources, patternGlob } from './known-resources.ts';
import { namesOne, servicesOf } from './pattern-questions.ts';
import { partsOf } from './scan.ts';
import type { WhoCanSearch } from './who-can-search.ts';

/** All resources that a pattern of a search names. */
export interface PatternScope {
  /** Those that the directory knows. */
  readonly resources: readonly PreparedResource[];
  /** Whether an Allow can be about one of the resources; also where it is not known. */
  readonly meets: (statement: CompiledStatement) => boolean;
}

/** Whether the search is about all resources that a pattern names, and not about one. */
export function isOfPattern({ question, action }: WhoCanSearch): boolean {
  return question.resourceIsPattern === true && !namesOne(question.resource, action);
}

/** Throws InvalidInput for conditions of a pattern: those of its resources differ. */
export function checkConditional({ question, action, options }: WhoCanSearch): void {
  if (!options.conditional || question.resourceIsPattern !== true || namesOne(question.resource, action)) return;
  const message = 'with a pattern, nobody is listed under conditions, which can be others for each resource';
  throw new InvalidInput('conditional', message);
}

/** Null: the directory knows more such resources than are looked at. */
export async function patternScope({
  tools,
  question,
  action,
  now,
  check,
}: WhoCanSearch): Promise<PatternScope | null> {
  const { resource: pattern, resourceAccount } = question;
  const known = await new KnownResources(tools.directory, tools.catalog, tools.work).within(
    pattern,
    servicesOf(pattern, action),
    true,
  );
  if (!known.complete) return null;
  const resources: PreparedResource[] = [];
  for (const arns of partsOf([...known.arns])) {
    await tools.work.turn();
    const all = arns.map((arn) => ({ arn, accountId: resourceAccount }));
    const gathered = await tools.directory.gather({ principals: [], roles: [], resources: all, now, forSearch: true });
    check(gathered.revision);
    for (const { arn, accountId } of all) resources.push(gathered.resource(arn, accountId).value);
  }
  const wanted = patternGlob(pattern);
  return { resources, meets: (statement) => canBeAbout(statement, wanted) };
}

/** Parts of an ARN before its resource. */
const HEADS = 5;

function canBeAbout({ allows, resources }: CompiledStatement, wanted: ResourceGlob): boolean {
  // A star of a Deny also matches colons.
  if (!allows || resources === null || resources.negated) return true;
  return resources.patterns.some(({ everything, template, parts }) => {
    if (everything || template !== null || parts.length <= HEADS) return true;
    const rest = readTemplate(parts[HEADS] ?? '', { variables: false, wildcards: true });
    return globsOverlap(globOfParts(parts.slice(0, HEADS), rest), wanted);
  });
}
