import { useRoute } from 'preact-iso/router';
import {
  EndpointDocument,
  EndpointIdsDocument,
  type EndpointIdsQuery,
  type EndpointQuery,
} from '../../generated/console/questions.ts';
import { accountIn, accountName, shortName } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { EditableDocument, NewDocument } from '../parts/editable.tsx';
import { FindingsOnDemand } from '../parts/finding-lines.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { ask, type Failure } from '../questions/ask.ts';
import { endpointPolicy } from '../questions/drafts.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { useRest } from '../questions/use-rest.ts';

type Listed = NonNullable<EndpointIdsQuery['account']>;
type Found = Extract<NonNullable<EndpointQuery['node']>, { readonly endpointId: string }>;

/** A VPC endpoint: where it is, where it leads, and what its policy lets through. */
export function Endpoint() {
  const arn = useRoute().params['arn'] ?? '';
  return <One key={arn} arn={arn} />;
}

function One({ arn }: { readonly arn: string }) {
  const accountId = accountIn(arn);
  const { data, failure, loading } = useAnswer(EndpointIdsDocument, accountId === null ? null : { accountId });
  const name = shortName(arn).replace(/^vpc-endpoint\//, '');
  const listed = data?.account?.vpcEndpoints ?? null;
  return (
    <Page title={name} heading={<bdi>{name}</bdi>}>
      <p class="lead">
        A VPC endpoint. <Arn arn={arn} name={name} account="" />
      </p>
      {loading && <Skeleton lines={5} />}
      {listed === null && failure !== null && <FailureNotice failure={failure} />}
      {listed === null && failure === null && !loading && <Nowhere />}
      {listed !== null && <Among arn={arn} accountId={accountId ?? ''} listed={listed} />}
    </Page>
  );
}

function Nowhere() {
  return <p>The directory has no such endpoint, or you may not know of it.</p>;
}

/** The endpoint of an ARN, among those of its account. */
function Among({
  arn,
  accountId,
  listed,
}: {
  readonly arn: string;
  readonly accountId: string;
  readonly listed: NonNullable<Listed['vpcEndpoints']>;
}) {
  const { nodes, problem } = useRest(listed, async (after) => {
    const { data, failure } = await ask(EndpointIdsDocument, { accountId, after });
    return data?.account?.vpcEndpoints ?? failure?.sentence ?? 'The rest of the list cannot be read.';
  });
  const id = nodes.find((each) => each.arn === arn)?.id;
  const { data, failure, loading, again } = useAnswer(EndpointDocument, id === undefined ? null : { id });
  const found = endpointIn(data);
  if (found !== null) return <Parts id={id ?? ''} found={found} saved={again} />;
  const why: Failure | null = failure ?? (problem === null ? null : { kind: 'lost', sentence: problem, fields: [] });
  if (why !== null) return <FailureNotice failure={why} again={again} />;
  return loading ? <Skeleton lines={5} /> : <Nowhere />;
}

function endpointIn(data: EndpointQuery | null): Found | null {
  const node = data?.node ?? null;
  // as: only a VPC endpoint has any of the fields that are asked for
  return node !== null && 'endpointId' in node ? (node as Found) : null;
}

/** What it lets through as long as nobody says otherwise: AWS's own policy of a new endpoint. */
const EVERYTHING = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
};

function Parts({ id, found, saved }: { readonly id: string; readonly found: Found; readonly saved: () => void }) {
  const draft = endpointPolicy(id, found.endpointId);
  const facts: readonly (readonly [string, string])[] = [
    ['Service', found.serviceName],
    ['Type', found.type],
    ['VPC', found.vpcId ?? 'not known'],
    ['Region', found.region],
    ...found.tags.map(({ key, value }) => [`Tag ${key}`, value] as const),
  ];
  return (
    <>
      <Section title="Where it is">
        <ul class="rows">
          <li class="row">
            <span class="muted">Account</span>
            <a href={`/account/${found.account.accountId}`}>
              <bdi>{accountName(found.account)}</bdi>
            </a>
          </li>
          {facts.map(([name, value]) => (
            <li key={name} class="row">
              <bdi class="muted">{name}</bdi>
              <bdi>{value}</bdi>
            </li>
          ))}
        </ul>
      </Section>
      <Section title="Its policy">
        <p class="muted">It limits everybody who comes through the endpoint, and gives nothing.</p>
        {found.policy === null ? (
          <>
            <p>It has none: everything is let through.</p>
            <NewDocument label="Write one" draft={draft} start={EVERYTHING} saved={saved} />
          </>
        ) : (
          <EditableDocument draft={draft} document={found.policy} saved={saved} />
        )}
      </Section>
      <FindingsOnDemand
        title="Findings about it"
        none="Nothing is found about it."
        account={found.account.accountId}
        about={found.arn}
      />
    </>
  );
}
