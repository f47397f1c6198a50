import { count, list } from '../names.ts';
import type { ImportReport } from '../questions/import-files.ts';
import { Notice } from './notice.tsx';
import { Section } from './page.tsx';
import { Verdict } from './verdict.tsx';
import { VirtualList } from './virtual.tsx';

type Count = ImportReport['shared'][number];

/** What became of files: what is there now, what was not understood and where, and what is known afterwards. */
export function ImportReportView({ report }: { readonly report: ImportReport }) {
  const { accounts, organizations, shared, recognised, warnings } = report;
  return (
    <>
      <NotUnderstood report={report} />
      {warnings.length > 0 && (
        <Section title="Not stored as the files say" aside={<span class="muted">{warnings.length}</span>}>
          <Sentences label="Not stored as the files say" sentences={warnings} />
        </Section>
      )}
      {accounts.map(({ account, counts, knowledge }) => (
        <Section key={account.accountId} title={account.name ?? account.accountId}>
          <Counts counts={counts} caption={`Account ${account.accountId}`} />
          <Knowledge knowledge={knowledge} />
          <p>
            <a href={`/account/${account.accountId}`}>Look at the account</a>
          </p>
        </Section>
      ))}
      {organizations.map(({ organizationId, counts }) => (
        <Section key={organizationId} title={`Organization ${organizationId}`}>
          <Counts counts={counts} caption={`Organization ${organizationId}`} />
        </Section>
      ))}
      {shared.length > 0 && (
        <Section title="Of no account">
          <Counts counts={shared} caption="What belongs to no account" />
        </Section>
      )}
      {recognised.length > 0 && (
        <Section title="What was recognised">
          <ul class="plain">
            {recognised.map(({ form, count: files }) => (
              <li key={form}>
                {count(files, 'file')}: <bdi>{form}</bdi>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  );
}

/** First of all: what nobody may take for imported. */
function NotUnderstood({ report }: { readonly report: ImportReport }) {
  const { notRecognised, notRecognisedCount, notUnderstood, notUnderstoodCount, leftOut } = report;
  const sentences = [
    ...notRecognised.map(({ file, what }) => `${file}: ${what}`),
    ...notUnderstood.map(({ file, place, message }) => `${file}${place === '' ? '' : `, ${place}`}: ${message}`),
    ...leftOut,
  ];
  if (sentences.length === 0) return <Verdict meaning="allowed" word="Everything in the files was understood" />;
  const total = notRecognisedCount + notUnderstoodCount + leftOut.length;
  return (
    <Section title="Not understood" aside={<Verdict meaning="unknown" word={count(total, 'place')} />}>
      <Sentences label="Not understood" sentences={sentences} />
      {total > sentences.length && <p class="muted">The first {sentences.length.toLocaleString('en')} are named.</p>}
    </Section>
  );
}

/** Few as they are; many in a list that draws only what is seen. */
function Sentences({ label, sentences }: { readonly label: string; readonly sentences: readonly string[] }) {
  if (sentences.length > 20) {
    return (
      <VirtualList items={sentences} label={label}>
        {(sentence) => (
          <bdi class="one-line" title={sentence}>
            {sentence}
          </bdi>
        )}
      </VirtualList>
    );
  }
  return (
    <ul class="rows">
      {sentences.map((sentence) => (
        <li key={sentence} class="row">
          <bdi>{sentence}</bdi>
        </li>
      ))}
    </ul>
  );
}

function wordsOfName(name: string): string {
  return name.charAt(0) + name.slice(1).toLowerCase().replaceAll('_', ' ');
}

function Counts({ counts, caption }: { readonly counts: readonly Count[]; readonly caption: string }) {
  if (counts.length === 0) return <p class="muted">The files say nothing of what it has.</p>;
  return (
    <table class="counts">
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          {['New', 'Changed', 'Unchanged', 'Gone'].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {counts.map(({ kind, new: fresh, changed, unchanged, gone }) => (
          <tr key={kind}>
            <th scope="row">{wordsOfName(kind)}</th>
            {[fresh, changed, unchanged, gone].map((number, index) => (
              <td key={index} class={number === 0 ? 'muted' : ''}>
                {number.toLocaleString('en')}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const STATES = {
  COMPLETE: ['allowed', 'Complete'],
  PARTIAL: ['unknown', 'A part'],
  NONE: ['unknown', 'Not known'],
} as const;

function Knowledge({ knowledge }: { readonly knowledge: ImportReport['accounts'][number]['knowledge'] }) {
  if (knowledge.length === 0) return null;
  return (
    <Notice>
      <ul class="plain known">
        {knowledge.map(({ layer, service, state, missing }) => (
          <li key={`${layer} ${service ?? ''}`}>
            <Verdict meaning={STATES[state][0]} word={STATES[state][1]} /> {wordsOfName(layer)}
            {service !== null && ` of ${service}`}
            {missing.length > 0 && `, without ${list(missing)}`}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
