import { useRoute } from 'preact-iso/router';
import { GroupDocument, GroupMembersDocument, type GroupQuery } from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, shortName } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { FindingsOnDemand } from '../parts/finding-lines.tsx';
import { HeldPolicies } from '../parts/held-policies.tsx';
import { FailureNotice, Notice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { VirtualList } from '../parts/virtual.tsx';
import { ask } from '../questions/ask.ts';
import { useAnswer } from '../questions/use-answer.ts';
import { useRest } from '../questions/use-rest.ts';

type Found = NonNullable<GroupQuery['groups']>['nodes'][number];

/** A group: who is in it, and what they have from it. */
export function Group() {
  const arn = useRoute().params['arn'] ?? '';
  return <One key={arn} arn={arn} />;
}

function One({ arn }: { readonly arn: string }) {
  const { data, failure, loading, again } = useAnswer(GroupDocument, { search: arn });
  const found = data?.groups?.nodes.find((each) => each.arn === arn) ?? null;
  const members = found?.users ?? null;
  return (
    <Page title={shortName(arn)} heading={<bdi>{found?.name ?? shortName(arn)}</bdi>}>
      <p class="lead">
        {members === null ? 'A group' : `A group with ${count(members.totalCount, 'member')}`}
        {found !== null && ` in ${accountName(found.account)}`}. <Arn arn={arn} account="" />
      </p>
      {loading && <Skeleton lines={5} />}
      {found === null && failure !== null && <FailureNotice failure={failure} again={again} />}
      {found === null && !loading && failure === null && (
        <p>The directory has no such group, or you may not know of it.</p>
      )}
      {found !== null && (
        <>
          <Members found={found} />
          <HeldPolicies holder={found} saved={again} />
          <FindingsOnDemand
            title="Findings about it"
            none="Nothing is found about it."
            account={found.account.accountId}
            about={arn}
          />
        </>
      )}
    </Page>
  );
}

function Members({ found: { arn, users } }: { readonly found: Found }) {
  const { nodes, problem } = useRest(users, async (after) => {
    const { data, failure } = await ask(GroupMembersDocument, { search: arn, after });
    const page = data?.groups?.nodes.find((each) => each.arn === arn)?.users;
    return page ?? failure?.sentence ?? 'The rest of the list cannot be shown.';
  });
  return (
    <Section title="Members" aside={users !== null && <span class="muted">{users.totalCount}</span>}>
      {users === null && <p class="muted">You may not know who is in it: that needs iam:GetGroup.</p>}
      {users?.totalCount === 0 && <p class="muted">Nobody.</p>}
      {problem !== null && <Notice kind="warning">{problem}</Notice>}
      {nodes.length > 0 && (
        <VirtualList items={nodes} label="Members">
          {(member) => (
            <div class="permission">
              <Arn arn={member.arn} name={member.name} account="" href={principalAddress(member.arn)} />
            </div>
          )}
        </VirtualList>
      )}
    </Section>
  );
}
