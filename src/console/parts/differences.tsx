import { useEffect, useState } from 'preact/hooks';
import {
  type AccessDifferenceKind,
  CompareDocument,
  type CompareQuery,
  type CompareQueryVariables,
} from '../../generated/console/questions.ts';
import { count } from '../names.ts';
import { type Answered, ask } from '../questions/ask.ts';
import type { Meaning } from '../words.ts';
import { Notice } from './notice.tsx';
import { Section } from './page.tsx';
import { whereOf } from './permissions.tsx';
import { LEVEL_WORDS } from './treemap.tsx';
import { Verdict } from './verdict.tsx';
import { VirtualList } from './virtual.tsx';

type Found = NonNullable<CompareQuery['compareAccess']>;
type Difference = Found['differences']['nodes'][number];

export const DIFFERENCE_WORDS: Readonly<Record<AccessDifferenceKind, readonly [Meaning, string]>> = {
  GAINED: ['allowed', 'Gains'],
  LOST: ['denied', 'Gives up'],
  CHANGED: ['unknown', 'Otherwise'],
};

/** Of two principals, none of which gives anything up. */
const BETWEEN_WORDS: Readonly<Record<AccessDifferenceKind, readonly [Meaning, string]>> = {
  GAINED: ['allowed', 'More'],
  LOST: ['denied', 'Less'],
  CHANGED: ['unknown', 'Otherwise'],
};

/** What differs, action by action. The first page is there already. */
export function Differences({
  variables,
  found,
}: {
  readonly variables: CompareQueryVariables;
  readonly found: Found;
}) {
  const words = variables.other == null ? DIFFERENCE_WORDS : BETWEEN_WORDS;
  const [kind, choose] = useState<AccessDifferenceKind | null>(null);
  const { nodes, total, problem } = useDifferences(variables, kind, found);
  const numbers: readonly (readonly [AccessDifferenceKind, number])[] = [
    ['GAINED', found.gainedCount],
    ['LOST', found.lostCount],
    ['CHANGED', found.changedCount],
  ];
  return (
    <Section
      title="What differs"
      aside={<span class="muted">{count(found.keptCount, 'action is', 'actions are')} the same for both</span>}
    >
      <ul class="chips" aria-label="Kinds">
        {numbers.map(([each, number]) => (
          <li key={each}>
            <button
              type="button"
              class="chip"
              aria-pressed={each === kind}
              onClick={() => choose(each === kind ? null : each)}
            >
              {words[each][1]} {number.toLocaleString('en')}
            </button>
          </li>
        ))}
      </ul>
      {problem !== null && <Notice kind="warning">{problem}</Notice>}
      <p class="muted" role="status">
        {nodes.length < total ? `${count(nodes.length, 'action')} of ${total} are here` : count(total, 'action')}
      </p>
      {nodes.length > 0 && (
        <VirtualList items={nodes} label="Actions that differ">
          {(difference) => <Row difference={difference} words={words} />}
        </VirtualList>
      )}
    </Section>
  );
}

function Row({
  difference: { action, accessLevel, kind, before, after },
  words,
}: {
  readonly difference: Difference;
  readonly words: typeof DIFFERENCE_WORDS;
}) {
  const [meaning, word] = words[kind];
  const places = [before, after].filter(({ length }) => length > 0).map((allow) => whereOf({ allow, deny: [] }));
  const where = places.join(' → ');
  return (
    <div class="permission difference">
      <code>{action}</code>
      <span class="permission-level">{LEVEL_WORDS[accessLevel]}</span>
      <bdi class="permission-where" title={where}>
        {where}
      </bdi>
      <Verdict meaning={meaning} word={word} />
    </div>
  );
}

/** Page after page, until all are here. */
function useDifferences(variables: CompareQueryVariables, kind: AccessDifferenceKind | null, found: Found) {
  const first = found.differences;
  const [pages, setPages] = useState({ nodes: first.nodes, total: first.totalCount, problem: null as string | null });
  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      let nodes: readonly Difference[] = kind === null ? first.nodes : [];
      let after = kind === null ? next(first) : null;
      let more = kind !== null || after !== null;
      if (kind === null) setPages({ nodes, total: first.totalCount, problem: null });
      while (more) {
        const asked = { ...variables, after, ...(kind !== null && { kinds: [kind] }) };
        const { data, failure }: Answered<CompareQuery> = await ask(CompareDocument, asked);
        if (!current) return;
        const page = data?.compareAccess?.differences;
        if (page === undefined) {
          setPages((before) => ({ ...before, problem: failure?.sentence ?? 'The list cannot be shown.' }));
          return;
        }
        nodes = [...nodes, ...page.nodes];
        setPages({ nodes, total: page.totalCount, problem: null });
        after = next(page);
        more = after !== null;
      }
    };
    void load();
    return () => {
      current = false;
    };
  }, [kind]);
  return pages;
}

function next({ pageInfo }: Found['differences']): string | null {
  return pageInfo.hasNextPage ? pageInfo.endCursor : null;
}
