import {
  SearchEverythingDocument,
  SearchPlacesDocument,
  type SearchPlacesQuery,
  SearchThingsDocument,
} from '../../generated/console/questions.ts';
import {
  endpointAddress,
  groupAddress,
  organizationAddress,
  policyAddress,
  principalAddress,
  resourceAddress,
} from '../links.ts';
import { accountName, nameOf } from '../names.ts';
import { OTHER_PLACES, PLACES } from '../places.ts';
import { ask } from './ask.ts';

/** Something that was found, and its page. */
export interface Hit {
  readonly href: string;
  readonly text: string;
  readonly hint: string;
}

/** Finds what has a text in its name. `omitted`: what was not looked through, in a sentence. */
export type Finder = (search: string) => Promise<{ readonly hits: readonly Hit[]; readonly omitted: string | null }>;

/** Of each kind that is listed whole, at most so many are shown. */
const SHOWN = 5;

/** Pages of the console with a text in their name. */
export function pagesNamed(search: string): readonly Hit[] {
  return [...PLACES, ...OTHER_PLACES]
    .filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()))
    .map(({ href, label }) => ({ href, text: label, hint: 'page' }));
}

/** A search over everything. What may not be listed is not found; each list fails alone. */
export function everything(): Finder {
  let places: Promise<Places> | null = null;
  return async (search) => {
    places ??= listed();
    const [first, second, { hits, omitted }] = await Promise.all([
      ask(SearchEverythingDocument, { search }),
      ask(SearchThingsDocument, { search }),
      places,
    ]);
    const principals = (first.data?.principals?.nodes ?? []).map((each) => ({
      href: principalAddress(each.principalId),
      text: nameOf(each),
      hint: `${each.__typename.toLowerCase()} · ${accountName(each.account)}`,
    }));
    const groups = (second.data?.groups?.nodes ?? []).map(({ arn, name, account }) => ({
      href: groupAddress(arn),
      text: name,
      hint: `group · ${accountName(account)}`,
    }));
    const policies = (second.data?.policies?.nodes ?? []).map(({ arn, name }) => ({
      href: policyAddress(arn),
      text: name,
      hint: 'policy',
    }));
    const resources = (second.data?.resources?.nodes ?? []).map(({ arn, service }) => ({
      href: resourceAddress(arn),
      text: arn,
      hint: service,
    }));
    const accounts = (second.data?.accounts?.nodes ?? []).map((each) => ({
      href: `/account/${each.accountId}`,
      text: accountName(each),
      hint: `account · ${each.accountId}`,
    }));
    const actions = (first.data?.actions?.nodes ?? []).map(({ name, description }) => ({
      href: `/ask?action=${encodeURIComponent(name)}`,
      text: name,
      hint: description ?? 'action',
    }));
    const wanted = search.toLowerCase();
    const here = Object.values(hits).flatMap((kind) =>
      kind.filter(({ words }) => words.includes(wanted)).slice(0, SHOWN),
    );
    return {
      hits: [
        ...pagesNamed(search),
        ...principals,
        ...groups,
        ...accounts,
        ...policies,
        ...here.map(({ href, text, hint }) => ({ href, text, hint })),
        ...resources,
        ...actions,
      ],
      omitted,
    };
  };
}

type Listed = Hit & {
  /** What is searched, in small letters. */
  readonly words: string;
};

interface Places {
  readonly hits: Readonly<Record<'organizations' | 'units' | 'controls' | 'endpoints', readonly Listed[]>>;
  readonly omitted: string | null;
}

function listedAs(href: string, text: string, hint: string, ...more: readonly (string | null)[]): Listed {
  return { href, text, hint, words: [text, ...more].join('\n').toLowerCase() };
}

/** What the gateway has no search for: organizations with their units and control policies, and VPC endpoints. */
async function listed(): Promise<Places> {
  const { data } = await ask(SearchPlacesDocument, {});
  const organizations = data?.organizations?.nodes ?? [];
  const accounts = data?.accounts?.nodes ?? [];
  const omitted = [
    ...(organizations.some(({ units }) => isCut(units)) ? ['units'] : []),
    ...(organizations.some(({ controlPolicies }) => isCut(controlPolicies)) ? ['control policies'] : []),
    ...(isCut(data?.accounts) || accounts.some(({ vpcEndpoints }) => isCut(vpcEndpoints)) ? ['VPC endpoints'] : []),
  ];
  return {
    hits: {
      organizations: organizations.map(({ organizationId }) =>
        listedAs('/organization', organizationId, 'organization'),
      ),
      units: organizations.flatMap(unitsIn),
      controls: organizations.flatMap(({ controlPolicies }) =>
        (controlPolicies?.nodes ?? []).map(({ policyId, name, arn }) =>
          listedAs(organizationAddress(policyId), name, 'control policy', arn),
        ),
      ),
      endpoints: accounts.flatMap(endpointsIn),
    },
    omitted: omitted.length === 0 ? null : `Only the first ${omitted.join(' and ')} were looked through.`,
  };
}

type Organization = NonNullable<SearchPlacesQuery['organizations']>['nodes'][number];
type Account = NonNullable<SearchPlacesQuery['accounts']>['nodes'][number];

function isCut(list: { readonly pageInfo: { readonly hasNextPage: boolean } } | null | undefined): boolean {
  return list?.pageInfo.hasNextPage === true;
}

function unitsIn({ roots, units }: Organization): readonly Listed[] {
  return [
    ...(roots ?? []).map(({ rootId, name }) => listedAs(organizationAddress(rootId), name ?? rootId, 'root', rootId)),
    ...(units?.nodes ?? []).map(({ unitId, name }) =>
      listedAs(organizationAddress(unitId), name ?? unitId, 'unit', unitId),
    ),
  ];
}

function endpointsIn(account: Account): readonly Listed[] {
  return (account.vpcEndpoints?.nodes ?? []).map(({ arn, endpointId, serviceName, vpcId, tags }) =>
    listedAs(
      endpointAddress(arn),
      endpointId,
      `VPC endpoint to ${serviceName} · ${accountName(account)}`,
      arn,
      serviceName,
      vpcId,
      ...tags.map(({ value }) => value),
    ),
  );
}
