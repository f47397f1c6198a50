import { useState } from 'preact/hooks';
import { useLocation, useRoute } from 'preact-iso/router';
import {
  ResourceDocument,
  type ResourceQuery,
  WhoCanDocument,
  type WhoCanQuery,
} from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, nameOf, shortName } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { Combo } from '../parts/combo.tsx';
import { EditableDocument, NewDocument } from '../parts/editable.tsx';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.tsx';
import { Outsiders } from '../parts/outsiders.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { VirtualList } from '../parts/virtual.tsx';
import { WhoCanWhat } from '../parts/who-can-what.tsx';
import { ask } from '../questions/ask.ts';
import { findActions, findResources } from '../questions/complete.ts';
import { resourcePolicy } from '../questions/drafts.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { useRest } from '../questions/use-rest.ts';

/** A resource: who can do what with it, and its own policy. */
export function Resource() {
  const arn = useRoute().params['arn'] ?? '';
  return <One key={arn} arn={arn} />;
}

function One({ arn }: { readonly arn: string }) {
  const { query, url } = useLocation();
  const { data, failure, loading, again } = useAnswer(ResourceDocument, { arn });
  const found = data?.resource ?? null;
  // After a change, who can do what is asked for again.
  const [changes, setChanges] = useState(0);
  const saved = (): void => {
    again();
    setChanges((before) => before + 1);
  };
  return (
    <Page title={shortName(arn)} heading={<bdi>{shortName(arn)}</bdi>}>
      <p class="lead">
        {found === null ? 'A resource' : `A resource of ${found.service} in ${accountName(found.account)}`}.{' '}
        <Arn arn={arn} />
      </p>
      {loading && <Skeleton lines={3} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found === null && !loading && failure === null && (
        <Notice>It is not in the directory. Who can reach it is decided by its name.</Notice>
      )}
      <WhoCan key={`${url} ${changes}`} page={arn} arn={query['on'] ?? arn} asked={query['action'] ?? ''} />
      {found !== null && <OwnPolicy found={found} hidden={failure !== null} saved={saved} />}
    </Page>
  );
}

/** Allows nobody anything until somebody is named. */
function beginning(arn: string) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Deny',
        Principal: '*',
        Action: '*',
        Resource: arn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  };
}

function OwnPolicy({
  found: { arn, policy },
  hidden,
  saved,
}: {
  readonly found: NonNullable<ResourceQuery['resource']>;
  /** Whether there may be one that somebody may not read: nobody writes over what it does not know. */
  readonly hidden: boolean;
  readonly saved: () => void;
}) {
  const draft = resourcePolicy(arn, shortName(arn));
  return (
    <Section title="Its own policy">
      {policy !== null && <EditableDocument draft={draft} document={policy} saved={saved} />}
      {policy === null && (
        <p class="muted">{hidden ? 'You may not read it.' : 'It has none, or you may not read it.'}</p>
      )}
      {policy === null && !hidden && (
        <NewDocument label="Write one" draft={draft} start={beginning(arn)} saved={saved} />
      )}
    </Section>
  );
}

function WhoCan({ page, arn, asked }: { readonly page: string; readonly arn: string; readonly asked: string }) {
  const { route, path } = useLocation();
  const [action, setAction] = useState(asked);
  // Of a bucket, actions are also on its objects.
  const [on, setOn] = useState(arn);
  const { data, failure, loading, again } = useAnswer(
    WhoCanDocument,
    asked === '' ? null : { action: asked, resource: arn },
  );
  const found = data?.whoCan ?? null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    route(`${path}?${new URLSearchParams({ action: action.trim(), on: on.trim() })}`);
  };
  return (
    <Section
      title="Who can"
      aside={found !== null && <span class="muted">{count(found.totalCount, 'user or role', 'users and roles')}</span>}
    >
      <form class="inline-form" onSubmit={submit}>
        <Combo label="do" value={action} change={setAction} search={findActions} placeholder="s3:GetObject" required />
        <Combo label="on" value={on} change={setOn} search={findResources} required />
        <button type="submit" class="button button-first">
          Look
        </button>
      </form>
      {asked === '' && <WhoCanWhat page={page} resource={arn} />}
      {loading && <Skeleton lines={4} />}
      {failure !== null && found === null && <FailureNotice failure={failure} again={again} />}
      {found?.totalCount === 0 && <p>Nobody of those that you may ask about.</p>}
      {found !== null && <Those found={found} action={asked} resource={arn} />}
    </Section>
  );
}

/** Users and roles in a list that is loaded to its end, and whom the policy of the resource lets in from outside. */
function Those({
  found,
  action,
  resource,
}: {
  readonly found: NonNullable<WhoCanQuery['whoCan']>;
  readonly action: string;
  readonly resource: string;
}) {
  const { nodes, problem } = useRest(found, async (after) => {
    const page = await ask(WhoCanDocument, { action, resource, after });
    return page.data?.whoCan ?? page.failure?.sentence ?? 'The rest of the list cannot be shown.';
  });
  return (
    <>
      {problem !== null && <Notice kind="warning">{problem}</Notice>}
      {nodes.length < found.totalCount && (
        <p class="muted" role="status">
          The first {nodes.length.toLocaleString('en')} are here.
        </p>
      )}
      {nodes.length > 0 && (
        <VirtualList items={nodes} label="Who can">
          {({ principal, conditions }) => (
            <div class="permission">
              <Arn
                arn={principal.principalId}
                name={nameOf(principal)}
                account={accountName(principal.account)}
                href={principalAddress(principal.principalId)}
              />
              {conditions.length > 0 && <Verdict meaning="unknown" word="under conditions" />}
            </div>
          )}
        </VirtualList>
      )}
      <Outsiders outsiders={found.outsiders} />
      {found.gaps.length > 0 && <Notice>Not known, and left out: {found.gaps.join('; ')}.</Notice>}
    </>
  );
}
