import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso/router';
import {
  AccountNamesDocument,
  type FindingKind,
  FindingsDocument,
  type FindingsQuery,
} from '../../generated/console/questions.ts';
import { FINDING_KINDS } from '../finding-words.ts';
import { accountName, count } from '../names.ts';
import { FindingView } from '../parts/finding.tsx';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { type Answered, ask, type Failure } from '../questions/ask.ts';
import { useAnswer } from '../questions/use-answer.ts';

type Found = NonNullable<FindingsQuery['findings']>;

/** What somebody should look at in policies, the worst first. */
export function Findings() {
  const { query, route } = useLocation();
  const kind = kindIn(query['kind'] ?? '');
  const account = query['account'] ?? '';
  const apart = query['apart'] === 'yes';
  const names = new Map(
    useAnswer(AccountNamesDocument, {}).data?.accounts?.nodes.map((each) => [each.accountId, each]),
  );
  const { found, failure, loading, more, again, drop } = useFindings(kind, account, apart);
  const choose = (chosen: Readonly<Record<string, string>>): void => {
    const asked = Object.entries({ kind: kind ?? '', account, apart: apart ? 'yes' : '', ...chosen }).filter(
      ([, value]) => value !== '',
    );
    route(`/findings${asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`}`);
  };
  return (
    <Page title="Findings" heading={found === null ? 'Findings' : headline(found, apart)}>
      <p class="lead">
        {apart
          ? 'Somebody has looked at these, and said why nothing needs to be done.'
          : 'What stands in policies and lets in, gives or hides more than it seems. The worst comes first.'}
      </p>
      <Filters kind={kind} account={account} apart={apart} names={names} choose={choose} />
      {failure !== null && <FailureNotice failure={failure} again={again} />}
      {failure?.kind === 'refused' && (
        <button type="button" class="button" onClick={again}>
          Try again
        </button>
      )}
      {found !== null && <Honest found={found} />}
      {found !== null && (
        <Listed key={`${kind} ${account} ${apart}`} found={found} apart={apart} names={names} drop={drop} />
      )}
      {loading && <Skeleton lines={6} />}
      {!loading && found?.pageInfo.hasNextPage === true && (
        <button type="button" class="button" onClick={more}>
          Show more of {found.totalCount.toLocaleString('en')}
        </button>
      )}
    </Page>
  );
}

type Names = ReadonlyMap<string, { readonly accountId: string; readonly name: string | null }>;

/** The findings of this page. One that is set apart, or listed again, leaves it, and that is said where it was asked for. */
function Listed({
  found,
  apart,
  names,
  drop,
}: {
  readonly found: Found;
  readonly apart: boolean;
  readonly names: Names;
  readonly drop: (id: string) => void;
}) {
  const [told, tell] = useState('');
  const status = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (told !== '') status.current?.focus();
  }, [told]);
  return (
    <>
      <div role="status">
        {told !== '' && (
          <p ref={status} tabIndex={-1}>
            <bdi>{told}</bdi>
          </p>
        )}
      </div>
      <ul class="findings">
        {found.nodes.map((each) => (
          <li key={each.id}>
            <FindingView
              finding={each}
              changed={() => {
                drop(each.id);
                tell(`${apart ? 'Listed again' : 'Set apart'}: ${each.message}.`);
              }}
              account={accountName(names.get(each.accountId ?? '')) || (each.accountId ?? '')}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function Filters({
  kind,
  account,
  apart,
  names,
  choose,
}: {
  readonly kind: FindingKind | null;
  readonly account: string;
  readonly apart: boolean;
  readonly names: Names;
  readonly choose: (chosen: Readonly<Record<string, string>>) => void;
}) {
  return (
    <div class="filters">
      <label class="field">
        <span>Kind</span>
        <select value={kind ?? ''} onChange={(event) => choose({ kind: event.currentTarget.value })}>
          <option value="">all</option>
          {Object.entries(FINDING_KINDS).map(([each, word]) => (
            <option key={each} value={each}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Account</span>
        <select value={account} onChange={(event) => choose({ account: event.currentTarget.value })}>
          <option value="">all that I may list</option>
          {account !== '' && !names.has(account) && <option value={account}>{account}</option>}
          {[...names].map(([id, each]) => (
            <option key={id} value={id}>
              {accountName(each)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>Which</span>
        <select value={apart ? 'yes' : ''} onChange={(event) => choose({ apart: event.currentTarget.value })}>
          <option value="">to look at</option>
          <option value="yes">set apart</option>
        </select>
      </label>
    </div>
  );
}

function kindIn(text: string): FindingKind | null {
  return Object.hasOwn(FINDING_KINDS, text) ? (text as FindingKind) : null; // as: a key of the kinds
}

function headline({ totalCount, withheld }: Found, apart: boolean): string {
  if (apart) return totalCount > 0 ? `${count(totalCount, 'finding')} set apart.` : 'Nothing is set apart.';
  if (totalCount > 0) return `${count(totalCount, 'finding')} to look at.`;
  return withheld ? 'Nothing is found, of what you may read.' : 'Nothing is found.';
}

function Honest({ found: { gaps, withheld } }: { readonly found: Found }) {
  return (
    <>
      {withheld && <Notice kind="warning">There is, or may be, more in policies that you may not read.</Notice>}
      {gaps.length > 0 && <Notice>Not known, and left out: {gaps.join('; ')}.</Notice>}
    </>
  );
}

interface State {
  readonly key: string;
  readonly found: Found | null;
  readonly failure: Failure | null;
}

/** Page after page, as somebody asks for more. */
function useFindings(kind: FindingKind | null, account: string, apart: boolean) {
  const key = `${kind ?? ''} ${account} ${apart}`;
  const [state, setState] = useState<State>({ key, found: null, failure: null });
  const [asked, setAsked] = useState<{ readonly key: string; readonly after: string | null }>({ key, after: null });
  const after = asked.key === key ? asked.after : null;
  const here = state.key === key ? state : { found: null, failure: null };
  const [loading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    setLoading(true);
    const load = async (): Promise<void> => {
      const { data, failure }: Answered<FindingsQuery> = await ask(FindingsDocument, {
        kinds: kind === null ? null : [kind],
        accountIds: account === '' ? null : [account],
        apart,
        after,
      });
      if (!current) return;
      setLoading(false);
      const page = data?.findings ?? null;
      setState((before) => ({
        key,
        failure: page === null ? failure : null,
        found:
          page === null || after === null || before.key !== key
            ? (page ?? (before.key === key ? before.found : null))
            : { ...page, nodes: [...(before.found?.nodes ?? []), ...page.nodes] },
      }));
    };
    void load();
    return () => {
      current = false;
    };
  }, [key, after, round]);
  const more = (): void => setAsked({ key, after: here.found?.pageInfo.endCursor ?? null });
  /** Takes one out: it is listed elsewhere now. */
  const drop = (id: string): void =>
    setState((before) => ({
      ...before,
      found: before.found && {
        ...before.found,
        totalCount: before.found.totalCount - 1,
        nodes: before.found.nodes.filter((each) => each.id !== id),
      },
    }));
  return { ...here, loading, more, drop, again: () => setRound((before) => before + 1) };
}
