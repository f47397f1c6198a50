import { useState } from 'preact/hooks';
import { MOST_BYTES, NotTaken, type TextFile } from '../files/bounds.ts';
import { type Chosen, type ReadFiles, readChosen } from '../files/read.ts';
import { count } from '../names.ts';
import { FilePicker } from '../parts/file-picker.tsx';
import { ImportReportView } from '../parts/import-report.tsx';
import { Notice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { type ImportReport, importFiles } from '../questions/import-files.ts';
import { me } from '../questions/who.ts';

/** Drop an export, look at what it would do, and import it. */
export function Import() {
  const [read, setRead] = useState<ReadFiles | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [accountName, setAccountName] = useState('');
  const isOperator = me.value?.kind === 'OPERATOR';

  const begin = (what: string): void => {
    setBusy(what);
    setProblem(null);
    setReport(null);
  };
  const choose = async (chosen: Promise<readonly Chosen[]>): Promise<void> => {
    begin('Reading the files…');
    setRead(null);
    try {
      setRead(await readChosen(await chosen));
    } catch (error) {
      setProblem(error instanceof NotTaken ? error.message : 'The browser cannot read what was chosen.');
    }
    setBusy(null);
  };
  const run = async (files: readonly TextFile[], dryRun: boolean): Promise<void> => {
    begin(dryRun ? 'Looking at the files…' : 'Importing…');
    const result = await importFiles(files, accountName.trim(), dryRun);
    setBusy(null);
    if ('report' in result) setReport(result.report);
    else setProblem(result.problem);
  };
  return (
    <Page title="Import" heading={report === null ? 'Import what AWS prints' : headline(report)}>
      <p class="lead">
        Answers of the <code>aws</code> command, folders of iam-collect, snapshots of AWS Config: their forms are
        recognised by what the files hold. Up to {MOST_BYTES / 1_048_576} MiB here; <code>rolegate import</code> takes
        more.
      </p>
      {!isOperator && (
        <Notice kind="warning">Only the operator may import. Sign in with the operator’s token for that.</Notice>
      )}
      {isOperator && <FilePicker choose={(chosen) => void choose(chosen)} busy={busy !== null} />}
      {busy !== null && (
        <div role="status">
          <p class="muted">{busy}</p>
          <Skeleton lines={3} />
        </div>
      )}
      {problem !== null && (
        <Notice kind="problem">
          <p class="lines">{problem}</p>
        </Notice>
      )}
      {read !== null && busy === null && (
        <ChosenFiles read={read} accountName={accountName} setAccountName={setAccountName} run={run} report={report} />
      )}
      {report !== null && <ImportReportView report={report} />}
    </Page>
  );
}

function headline({ dryRun, changed, accounts }: ImportReport): string {
  const about = count(accounts.length, 'account');
  if (dryRun) return changed ? `The files would change the directory: ${about}.` : 'The files would change nothing.';
  return changed ? `Imported: ${about}.` : 'Imported. Everything was there already.';
}

function ChosenFiles({
  read: { files, leftOut },
  accountName,
  setAccountName,
  run,
  report,
}: {
  readonly read: ReadFiles;
  readonly accountName: string;
  readonly setAccountName: (name: string) => void;
  readonly run: (files: readonly TextFile[], dryRun: boolean) => Promise<void>;
  readonly report: ImportReport | null;
}) {
  const isLookedAt = report?.dryRun === true;
  const isDone = report !== null && !isLookedAt;
  return (
    <Section title="Chosen" aside={<span class="muted">{count(files.length, 'file')}</span>}>
      <ul class="chips">
        {files.slice(0, 12).map(({ name }) => (
          <li key={name}>
            <span class="chip">
              <bdi>{name}</bdi>
            </span>
          </li>
        ))}
        {files.length > 12 && <li class="muted">and {(files.length - 12).toLocaleString('en')} more</li>}
      </ul>
      {leftOut.length > 0 && (
        <p class="muted">
          Left out, because their names are none of JSON: <bdi>{leftOut.slice(0, 3).join('; ')}</bdi>
          {leftOut.length > 3 && ` and ${(leftOut.length - 3).toLocaleString('en')} more`}
        </p>
      )}
      {files.length === 0 && <Notice kind="warning">There is no JSON in it.</Notice>}
      {files.length > 0 && !isDone && (
        <div class="inline-form">
          <label class="field">
            <span>Name of the account, for files of one</span>
            <input
              value={accountName}
              placeholder="stays as it is"
              onInput={(event) => setAccountName(event.currentTarget.value)}
            />
          </label>
          <Acts isLookedAt={isLookedAt} run={(dryRun) => void run(files, dryRun)} />
        </div>
      )}
    </Section>
  );
}

/** Looking comes first; whoever has looked goes on. */
function Acts({ isLookedAt, run }: { readonly isLookedAt: boolean; readonly run: (dryRun: boolean) => void }) {
  return (
    <div class="actions">
      <button type="button" class={isLookedAt ? 'button' : 'button button-first'} onClick={() => run(true)}>
        Look at what it would do
      </button>
      <button type="button" class={isLookedAt ? 'button button-first' : 'button'} onClick={() => run(false)}>
        Import
      </button>
    </div>
  );
}
