import { useState } from 'preact/hooks';
import lazy from 'preact-iso/lazy';
import { useRoute } from 'preact-iso/router';
import {
  PolicyDocument,
  PolicyFindingsDocument,
  type PolicyQuery,
  SavePolicyVersionDocument,
} from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, shortName } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { DocumentView } from '../parts/document.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { timeText } from '../parts/role-parts.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { ask } from '../questions/ask.ts';
import { addressOf } from '../questions/question.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { myId, type Refusal } from '../questions/who.ts';

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

/** A policy of AWS's own: nobody else changes it. */
function isOfAws(arn: string): boolean {
  return /^arn:[^:]*:iam::aws:/.test(arn);
}

function Versions({ found, saved }: { readonly found: Found; readonly saved: () => void }) {
  const [edited, edit] = useState(false);
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
      ) : edited ? (
        <Editor key={chosen ?? ''} found={found} document={document} saved={saved} close={() => edit(false)} />
      ) : (
        <>
          <Findings document={document} />
          <DocumentView document={document} />
          {!isOfAws(found.arn) && (
            <p>
              <button type="button" class="button" onClick={() => edit(true)}>
                Edit
              </button>
            </p>
          )}
        </>
      )}
    </Section>
  );
}

/** A new version, in force at once. Asked for when somebody edits. */
const PolicyEditor = lazy(() => import('../parts/policy-editor.tsx').then(({ PolicyEditor }) => PolicyEditor));

function Editor({
  found: { arn, name },
  document,
  saved,
  close,
}: {
  readonly found: Found;
  readonly document: unknown;
  readonly saved: () => void;
  readonly close: () => void;
}) {
  const inputOf = (text: string) => ({ policyArn: arn, policyDocument: text, setAsDefault: true });
  const save = async (text: string, revision: string): Promise<Refusal> => {
    const { data, failure } = await ask(SavePolicyVersionDocument, { input: inputOf(text), revision });
    const result = data?.createPolicyVersion ?? null;
    if (result?.__typename !== 'PolicyChangeSuccess') {
      return result?.message ?? failure?.sentence ?? 'The gateway does not say whether it was saved.';
    }
    saved();
    return null;
  };
  return (
    <PolicyEditor
      name={name}
      kind="IDENTITY_POLICY"
      document={document}
      changeOf={(text) => ({ createPolicyVersion: inputOf(text) })}
      why={addressOf({
        principal: myId.value ?? '',
        action: 'iam:CreatePolicyVersion',
        resource: arn,
        role: '',
        context: {},
      })}
      save={save}
      close={close}
    />
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
              <Arn
                arn={arn}
                name={name}
                account={accountName(account)}
                {...(kind !== 'Group' && { href: principalAddress(arn) })}
              />
              <span class="muted">{kind.toLowerCase()}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
