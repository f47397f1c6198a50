import { useState } from 'preact/hooks';
import { type FindingKind, FindingLinesDocument, type FindingLinesQuery } from '../../generated/console/questions.ts';
import { FINDING_KINDS, WEIGHTS } from '../finding-words.ts';
import { addressOfArn } from '../links.ts';
import { count, shortName } from '../names.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { FailureNotice, Skeleton } from './notice.tsx';
import { Section } from './page.tsx';
import { Verdict } from './verdict.tsx';

type Line = NonNullable<FindingLinesQuery['findings']>['nodes'][number];

interface Asked {
  readonly title: string;
  /** Said where nothing is found. */
  readonly none: string;
  readonly kinds?: readonly FindingKind[] | null;
  readonly account?: string | null;
  readonly first?: number;
  /** Only those of what has this ARN. */
  readonly about?: string | null;
}

/** Findings where they are not what the page is about: looked for when somebody asks, because all of an account is read for it. */
export function FindingsOnDemand(asked: Asked) {
  const [isAsked, ask] = useState(false);
  if (isAsked) return <FindingLines {...asked} />;
  return (
    <Section title={asked.title}>
      <p>
        <button type="button" class="button" onClick={() => ask(true)}>
          Look for them
        </button>
      </p>
    </Section>
  );
}

/** Findings in a line each, the worst first. */
export function FindingLines({ title, none, kinds = null, account = null, first = 1000, about = null }: Asked) {
  const accountIds = account === null ? null : [account];
  const { data, failure, loading, again } = useAnswer(FindingLinesDocument, { kinds, accountIds, first });
  const found = data?.findings ?? null;
  const nodes = found?.nodes.filter(({ arn }) => about === null || arn === about) ?? [];
  return (
    <Section
      title={title}
      aside={
        <a href={`/findings${account === null ? '' : `?account=${account}`}`}>
          {about === null && kinds === null && found !== null
            ? `All ${count(found.totalCount, 'finding')}`
            : 'All findings'}
        </a>
      }
    >
      {loading && <Skeleton />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found !== null && nodes.length === 0 && (
        <p class="muted">{found.withheld ? `${none} Of policies that you may not read, nothing is said.` : none}</p>
      )}
      {nodes.length > 0 && (
        <ul class="rows">
          {nodes.map((each) => (
            <LineView key={each.id} line={each} isNamed={about === null} />
          ))}
        </ul>
      )}
      {about !== null && found !== null && found.totalCount > found.nodes.length && (
        <p class="muted">Looked for among the worst {found.nodes.length.toLocaleString('en')} of the account.</p>
      )}
    </Section>
  );
}

function LineView({ line, isNamed }: { readonly line: Line; readonly isNamed: boolean }) {
  const { kind, weight, arn, message } = line;
  const [meaning, word] = WEIGHTS[weight];
  return (
    <li class="row">
      <Verdict meaning={meaning} word={word} />
      {isNamed && (
        <a href={addressOfArn(arn)} title={arn}>
          <bdi>{shortName(arn)}</bdi>
        </a>
      )}
      <span>
        {FINDING_KINDS[kind]}: <bdi>{message}</bdi>
      </span>
    </li>
  );
}
