import { useState } from 'preact/hooks';
import { useRoute } from 'preact-iso/router';
import { PrincipalDocument, type PrincipalQuery } from '../../generated/console/questions.ts';
import { principalAddress } from '../links.ts';
import { accountName, count, nameOf } from '../names.ts';
import { Arn } from '../parts/arn.tsx';
import { FindingsOnDemand } from '../parts/finding-lines.tsx';
import { RoleGraph } from '../parts/graph.tsx';
import { HeldPolicies } from '../parts/held-policies.tsx';
import { FailureNotice, Skeleton } from '../parts/notice.tsx';
import { Page, Section } from '../parts/page.tsx';
import { Permissions } from '../parts/permissions.tsx';
import { RoleParts } from '../parts/role-parts.tsx';
import { comparedAddress } from '../questions/compared.ts';
import { useAnswer } from '../questions/use-answer.ts';

export type Found = NonNullable<PrincipalQuery['principal']>;

/** What somebody can do, what it has that from, and which roles it can become. */
export function Principal() {
  const id = useRoute().params['id'] ?? '';
  return <One key={id} id={id} />;
}

function One({ id }: { readonly id: string }) {
  const { data, failure, loading, again } = useAnswer(PrincipalDocument, { principal: id });
  const [role, setRole] = useState<string | null>(null);
  // After a change, all that follows from it is asked for again.
  const [changes, setChanges] = useState(0);
  const saved = (): void => {
    again();
    setChanges((before) => before + 1);
  };
  const found = data?.principal ?? null;
  const name = nameOf(found ?? { principalId: id });
  return (
    <Page title={name} heading={<bdi>{name}</bdi>}>
      <p class="lead">
        {found === null ? '' : `${kindOf(found)} of ${accountName(found.account) || 'no account'}`}{' '}
        <Arn arn={id} name={id} account="" />
      </p>
      <div class="actions">
        <a class="button button-first" href={`/ask?principal=${encodeURIComponent(id)}`}>
          Ask what {name} may do
        </a>
        <a class="button" href={comparedAddress({ principal: id, role: role ?? '' })}>
          Compare with…
        </a>
      </div>
      {loading && <Skeleton lines={5} />}
      {found === null && failure !== null && <FailureNotice failure={failure} again={again} />}
      {found === null && !loading && failure === null && (
        <p>The directory has nobody of this name, or you may not know of it.</p>
      )}
      {found !== null && (
        <>
          <AsRole found={found} role={role} choose={setRole} />
          <Permissions key={`${role ?? ''} ${changes}`} principal={id} role={role} />
          {(found.__typename === 'User' || found.__typename === 'Role') && (
            <HeldPolicies
              holder={found}
              hidden={failure?.fields.includes('permissionsBoundary') ?? false}
              saved={saved}
            />
          )}
          <Reaches found={found} />
          <RoleGraph key={changes} principal={id} />
          {found.__typename === 'Role' && <RoleParts role={found} changes={changes} saved={saved} />}
          {found.account !== null && (
            <FindingsOnDemand
              title="Findings about it"
              none="Nothing is found about it."
              account={found.account.accountId}
              about={found.principalId}
            />
          )}
        </>
      )}
    </Page>
  );
}

function kindOf({ __typename: kind }: Found): string {
  return (
    { User: 'A user', Role: 'A role', RootUser: 'The root user', ServicePrincipal: 'A service' }[kind as string] ??
    'A principal'
  );
}

/** As itself, or in a role: what a role takes away is seen by going to and fro. */
function AsRole({
  found,
  role,
  choose,
}: {
  readonly found: Found;
  readonly role: string | null;
  readonly choose: (role: string | null) => void;
}) {
  const roles = found.assumableRoles?.nodes ?? [];
  if (roles.length === 0) return null;
  return (
    <label class="field as-role">
      <span>Permissions</span>
      <select value={role ?? ''} onChange={(event) => choose(event.currentTarget.value || null)}>
        <option value="">as itself</option>
        {roles.map((each) => (
          <option key={each.role.arn} value={each.role.arn}>
            in the role {each.role.name} of {accountName(each.role.account)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Reaches({ found }: { readonly found: Found }) {
  const roles = found.assumableRoles;
  if (roles === null || roles.totalCount === 0) return null;
  return (
    <Section title="Roles that it can assume" aside={<span class="muted">{count(roles.totalCount, 'role')}</span>}>
      <ul class="rows">
        {roles.nodes.map(({ role, requires }) => (
          <li key={role.arn} class="row">
            <Arn
              arn={role.arn}
              name={role.name}
              account={accountName(role.account)}
              href={principalAddress(role.arn)}
            />
            {requires.length > 0 && <span class="muted">needs {requires.join(', ')}</span>}
          </li>
        ))}
      </ul>
    </Section>
  );
}
