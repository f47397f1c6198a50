import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import { PolicyDocument, PolicyFindingsDocument, type PolicyQuery } from '../../generated/console/questions.ts';
import { addressOfArn } from '../links.ts';
import { accountName, count, shortName, timeText } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { DocumentView } from '../parts/document.tsx';
import { EditableDocument } from '../parts/editable.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { isOfAws, managedPolicy } from '../questions/drafts.ts';
import { useAnswer } from '../questions/use-answer.ts';

type Found = NonNullable<PolicyQuery['policies']>['nodes'][number];

/** A managed policy: its text with what is wrong in it, who holds it, and its versions. */
export function Policy() {
  const arn = useRoute().params['arn'] ?? '';
  return <One key={arn} arn={arn} />;
}

function One({ arn }: { readonly arn: string }) {
  const { data, failure, loading, again } = useAnswer(PolicyDocument, { search: arn });
  const found = data?.policies?.nodes.find((each) => each.arn === arn) ?? null;
  const holders = found?.attachedTo ?? null;
  return (
    <Page title={shortName(arn)} heading={<bdi>{shortName(arn)}</bdi>}>
      <p class="lead">
        {holders === null
          ? 'A managed policy'
          : `A managed policy that ${count(holders.totalCount, 'user, group or role holds', 'users, groups and roles hold')}`}
        . <Arn arn={arn} />
      </p>
      {loading && <Skeleton lines={6} />}
      {found === null && failure !== null && <FailureNotice failure={failure} again={again} />}
      {found === null && !loading && failure === null && (
        <p>The directory has no such policy, or you may not know of it.</p>
      )}
      {found !== null && (
        <>
          <Versions key={found.defaultVersionId ?? ''} found={found} saved={again} />
          <Holders found={found} />
        </>
      )}
    </Page>
  );
}

function Versions({ found, saved }: { readonly found: Found; readonly saved: () => void }) {
  const versions = found.versions ?? [];
  const [chosen, setChosen] = useState(found.defaultVersionId);
  const version = versions.find(({ versionId }) => versionId === chosen);
  const document = version?.document ?? found.document;
  return (
    <Section
      title="Document"
      aside={
        versions.length > 1 && (
          <label class="field as-role">
            <span>Version</span>
            <select value={chosen ?? ''} onChange={(event) => setChosen(event.currentTarget.value)}>
              {versions.map(({ versionId, isDefault, createdAt }) => (
                <option key={versionId} value={versionId}>
                  {versionId}
                  {isDefault ? ', in force' : ''}, {timeText(createdAt)}
                </option>
              ))}
            </select>
          </label>
        )
      }
    >
      {document === null ? (
        <p>You may not read it: that needs iam:GetPolicyVersion.</p>
      ) : (
        <Text key={chosen ?? ''} found={found} document={document} saved={saved} />
      )}
    </Section>
  );
}

function Text({
  found,
  document,
  saved,
}: {
  readonly found: Found;
  readonly document: unknown;
  readonly saved: () => void;
}) {
  if (isOfAws(found.arn)) {
    return (
      <>
        <Findings document={document} />
        <DocumentView document={document} />
      </>
    );
  }
  return (
    <EditableDocument draft={managedPolicy(found)} document={document} inForce={found.document} saved={saved}>
      <Findings document={document} />
    </EditableDocument>
  );
}

function Findings({ document }: { readonly document: unknown }) {
  const { data, loading } = useAnswer(PolicyFindingsDocument, { document, kind: 'IDENTITY_POLICY' });
  const findings = data?.validatePolicy ?? null;
  if (loading) return <Skeleton lines={1} />;
  if (findings === null) return null;
  if (findings.length === 0) return <Verdict meaning="allowed" word="Nothing is wrong with it" />;
  return (
    <ul class="rows">
      {findings.map(({ code, severity, message, path, suggestion }) => (
        <li key={`${code} ${path} ${message}`} class="row">
          <Verdict
            meaning={severity === 'ERROR' ? 'denied' : 'unknown'}
            word={severity === 'ERROR' ? 'Error' : 'Warning'}
          />
          <span>
            <bdi>{message}</bdi> {path !== '' && <code>{path}</code>}
            {suggestion !== null && <span class="muted"> Instead: {suggestion}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Holders({ found }: { readonly found: Found }) {
  const holders = found.attachedTo;
  return (
    <Section title="Who holds it" aside={holders !== null && <span class="muted">{holders.totalCount}</span>}>
      {holders === null && <p class="muted">You may not know who holds it.</p>}
      {holders?.totalCount === 0 && <p class="muted">Nobody.</p>}
      {holders !== null && holders.nodes.length > 0 && (
        <ul class="rows">
          {holders.nodes.map(({ __typename: kind, arn, name, account }) => (
            <li key={arn} class="row">
              <Arn arn={arn} name={name} account={accountName(account)} href={addressOfArn(arn)} />
              <span class="muted">{kind.toLowerCase()}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
