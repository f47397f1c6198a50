import { parseArn } from '../policy/arn.ts';
import { principalIdOf } from '../policy/principal-id.ts';
import { pagesOf, partsOfPages } from './scan.ts';
import type { FoundPrincipals, PrincipalAccess } from './who-can-answer.ts';
import { Beside, type Found } from './who-can-found.ts';
import { PagePart } from './who-can-page.ts';
import type { WhoCanSearch } from './who-can-search.ts';

/** Decides for each principal, page by page: memory holds the entries of one page. */
export async function scanPrincipals(search: WhoCanSearch): Promise<FoundPrincipals> {
  const page = new PagePart<PrincipalAccess>(search.options);
  const beside = new Beside();
  const accounts = new Set(search.options.scope?.accounts ?? []);
  for (const kind of ['userArns', 'roleArns'] as const) {
    for await (const arns of partsOfPages(pagesIn(search, kind))) {
      for (const arn of arns) accounts.add(parseArn(arn)?.accountId ?? '');
      const found = (await search.find(arns)).filter((one) => one !== null);
      for (const one of await visibleFound(search, found)) {
        beside.add(one);
        const { answer, conditions } = one;
        if (conditions !== null) page.add(principalIdOf(answer.question.subject.principal), { answer, conditions });
      }
    }
  }
  return { page: page.result(), beside, accounts };
}

/** The ARNs of the principals that are searched. */
export async function* pagesIn(
  { options: { scope }, tools: { directory, work } }: WhoCanSearch,
  kind: 'userArns' | 'roleArns',
): AsyncGenerator<readonly string[], void, undefined> {
  if (scope === null || scope.accounts === null) yield* pagesOf(directory, kind, work);
  else for (const accountId of scope.accounts) yield* pagesOf(directory, kind, work, accountId);
}

/** What is found about those that the answer may include. */
export async function visibleFound(search: WhoCanSearch, found: readonly Found[]): Promise<readonly Found[]> {
  const visible = await search.visible(found.map(({ answer }) => answer.question.subject.principal));
  return found.filter((_one, index) => visible[index] === true);
}
