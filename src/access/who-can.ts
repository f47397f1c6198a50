import type { PreparedResource } from '../evaluation/prepare.ts';
import { checkAction } from './check-action.ts';
import type { DecideTools } from './decide.ts';
import { checkNamesResource } from './every-resource.ts';
import { type Outsiders, outsidersOf } from './outsiders.ts';
import { fieldOf, type OpenQuestion } from './question.ts';
import { onOneRevision } from './scan.ts';
import type { FoundPrincipals, WhoCan, WhoCanList, WhoCanOptions } from './who-can-answer.ts';
import { listByClass, pageByClass } from './who-can-classes.ts';
import { checkConditional, isOfPattern } from './who-can-pattern.ts';
import { scanPrincipals } from './who-can-scan.ts';
import { WhoCanSearch } from './who-can-search.ts';
import { Work } from './work.ts';

/**
 * Every user and role of the directory that may do what is asked, and the outsiders that the policy of the resource lets in, all
 * decided on one revision: one decision for all principals for which policies say the same (`principal-classes.ts`), and one of its
 * own for each entry of the page. Where the directory holds no index of its principals, each is decided. A role stands for a session
 * of it whose name is not known. Throws BAD_USER_INPUT if the owner of the resource is not known.
 */
export async function whoCan(
  tools: DecideTools,
  question: OpenQuestion,
  options: WhoCanOptions,
  now: number,
): Promise<WhoCan> {
  const action = checkAction(tools.catalog, question.action, fieldOf(question, 'action'));
  checkNamesResource(action, question.resource, fieldOf(question, 'resource'));
  const work = tools.work ?? new Work();
  return onOneRevision((check) => {
    const asked = new WhoCanSearch({ ...tools, work }, question, action, options, now, check);
    checkConditional(asked);
    return search(asked);
  });
}

async function search(asked: WhoCanSearch): Promise<WhoCan> {
  const { tools, options, check } = asked;
  const known = options.list ?? null;
  if (known !== null && (await tools.directory.revision()) === known.revision) {
    check(known.revision);
    const found = await pageByClass(asked, known.listed);
    if (found !== null) return answerOf(asked, found, known, known);
  }
  const index = await tools.directory.principals();
  const { resource, gaps: resourceGaps, revision } = await asked.lookUpResource();
  const listed = index === null ? null : await listByClass(asked, index, resource);
  const found = listed === null ? await scanPrincipals(asked) : await pageByClass(asked, listed);
  // Somebody may have been deleted, or the caller have lost a right, since the classes were made.
  if (found === null) check(await tools.directory.revision());
  // INVARIANT: decisions are the same for all of a class.
  if (found === null) throw new Error('one of a class of principals is unlike the others');
  const outside = await outsidersIn(asked, resource, found.accounts);
  check(await tools.directory.revision());
  const facts = { outside, resourceGaps, revision };
  return answerOf(asked, found, facts, listed === null ? null : { ...facts, listed });
}

/** Whom the policy of the resource lets in. Those of the many resources of a pattern are not gone through. */
export async function outsidersIn(
  search: WhoCanSearch,
  resource: PreparedResource,
  accounts: ReadonlySet<string>,
): Promise<Outsiders> {
  const { tools, question, action, options, now, check } = search;
  const { conditional } = options;
  if (isOfPattern(search)) return { outsiders: [], gaps: [NO_OUTSIDERS] };
  return outsidersOf(tools, { question, action, resource, conditional, accounts }, now, check);
}

const NO_OUTSIDERS = 'whom else policies of resources let in is not listed for a pattern';

function answerOf(
  { options }: WhoCanSearch,
  { page, beside }: FoundPrincipals,
  { outside, resourceGaps, revision }: Omit<WhoCanList, 'listed'>,
  list: WhoCanList | null,
): WhoCan {
  return {
    ...page,
    outsiders: outside.outsiders,
    gaps: beside.gaps(outside.gaps, options.conditional),
    resourceGaps: [...new Set([...resourceGaps, ...beside.resourceGaps])],
    revision,
    list,
  };
}
