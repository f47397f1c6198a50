import { expect, it } from 'vitest';
import type { DirectoryDocument } from '../../src/directory/document.ts';
import { HERE, THERE } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const MANAGEMENT = '999999999999';
const OUTSIDE = '333333333333';
const ORGANIZATION = 'o-exampleorg1';
const UNIT = 'ou-abcd-aaaaaaaa';
const IAM = { accountId: HERE, servicePrincipal: 'iam.amazonaws.com' };
const ANALYZER = { accountId: HERE, servicePrincipal: 'access-analyzer.amazonaws.com' };

const organization = {
  id: ORGANIZATION,
  rootId: 'r-abcd',
  managementAccountId: MANAGEMENT,
  units: [{ id: UNIT, name: 'Workloads', parentId: null }],
};
const member = (id: string, unitId: string | null = null) => ({
  id,
  membership: { organizationId: ORGANIZATION, unitId },
});
const DOCUMENT: DirectoryDocument = {
  organizations: [{ ...organization, delegatedAdministrators: [IAM, ANALYZER] }],
  accounts: [member(MANAGEMENT), member(HERE), member(THERE, UNIT), { id: OUTSIDE, membership: 'NONE' }],
};
const delegated = (...delegatedAdministrators: (typeof IAM)[]): DirectoryDocument => ({
  organizations: [{ ...organization, delegatedAdministrators }],
});

describeInBothStores('delegated administrators', (store) => {
  it('are told with the organization of an account, and not of accounts that are in none', async () => {
    const directory = await store.open(DOCUMENT);
    const found = await directory.organizationOf([THERE, OUTSIDE, '444444444444', MANAGEMENT]);
    const shared = { organizationId: ORGANIZATION, managementAccountId: MANAGEMENT };
    const delegatedAdministrators = [ANALYZER, IAM];
    expect([...found]).toEqual([
      [THERE, { ...shared, path: `${ORGANIZATION}/r-abcd/${UNIT}/`, delegatedAdministrators }],
      [MANAGEMENT, { ...shared, path: `${ORGANIZATION}/r-abcd/`, delegatedAdministrators }],
    ]);
    expect(
      await directory.prisma.delegatedAdministrator.findMany({
        where: { account: { id: HERE } },
        select: { organizationId: true, servicePrincipal: true },
        orderBy: { servicePrincipal: 'desc' },
      }),
    ).toEqual([
      { organizationId: ORGANIZATION, servicePrincipal: 'iam.amazonaws.com' },
      { organizationId: ORGANIZATION, servicePrincipal: 'access-analyzer.amazonaws.com' },
    ]);
  });

  it('are told from memory, of a state that is new enough', async () => {
    const directory = await store.open(DOCUMENT);
    const revision = await directory.revision();
    const first = await directory.organizationOf([THERE, OUTSIDE]);
    store.statements.length = 0;
    expect(await directory.organizationOf([THERE, OUTSIDE], revision)).toEqual(first);
    expect(store.statements).toEqual([]);

    await directory.apply(delegated(IAM));
    const later = await directory.revision();
    const [there] = (await directory.organizationOf([THERE], later)).values();
    expect(there?.delegatedAdministrators).toEqual([IAM]);
  });

  it('are replaced by a list that is given, and kept where none is', async () => {
    const directory = await store.open(DOCUMENT);
    expect(await directory.apply({ organizations: [organization] })).toMatchObject({ changed: false });
    expect(await directory.apply(delegated(ANALYZER, IAM, IAM))).toMatchObject({ changed: false });
    expect(await directory.apply(delegated())).toMatchObject({ changed: true, warnings: [] });
    expect((await directory.organizationOf([THERE])).get(THERE)?.delegatedAdministrators).toEqual([]);
  });

  it('administer no longer when their account leaves the organization', async () => {
    const directory = await store.open(DOCUMENT);
    await directory.organizationOf([THERE]);
    const { warnings } = await directory.apply({ accounts: [{ id: HERE, membership: 'NONE' }] });
    const why = `the account ${HERE} is no member of the organization ${ORGANIZATION} any more`;
    expect([...warnings].sort()).toEqual([
      `${why}, and administers access-analyzer.amazonaws.com for it no longer`,
      `${why}, and administers iam.amazonaws.com for it no longer`,
    ]);
    expect((await directory.organizationOf([THERE])).get(THERE)?.delegatedAdministrators).toEqual([]);
  });

  it('are member accounts and administer services', async () => {
    const directory = await store.open(DOCUMENT);
    const revision = await directory.revision();
    const refused = (one: typeof IAM) =>
      directory.apply(delegated(one)).then(
        () => null,
        (error: unknown) => (error instanceof Error ? error.message : error),
      );
    const of = (accountId: string) => refused({ ...IAM, accountId });
    const noMember = (id: string) =>
      `the account ${id} is no member of the organization ${ORGANIZATION} and cannot be a delegated administrator of it`;
    expect(await of(OUTSIDE)).toBe(noMember(OUTSIDE));
    expect(await of('444444444444')).toBe(noMember('444444444444'));
    expect(await of('4444')).toBe(`organization ${ORGANIZATION}: account \`4444\` has not twelve digits`);
    expect(await of(MANAGEMENT)).toBe(
      `organization ${ORGANIZATION}: the management account needs no registration as a delegated administrator, and can have none`,
    );
    expect(await refused({ ...IAM, servicePrincipal: 'iam' })).toBe(
      `organization ${ORGANIZATION}: \`iam\` is no service principal`,
    );
    expect(await directory.revision()).toBe(revision);
  });
});
