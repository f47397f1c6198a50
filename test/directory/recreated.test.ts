import { expect, it } from 'vitest';
import { ALICE, APP, BASE, grant, ref } from './documents.ts';
import { describeInBothStores } from './stores.ts';

const MADE = { users: [{ arn: ALICE }], roles: [{ arn: APP, trustPolicy: grant(ALICE, 'sts:AssumeRole') }] };
const ASKED = { principals: [ref(ALICE), ref(APP)], roles: [APP], resources: [] };

describeInBothStores('an entity without an id of its own', (store) => {
  const opened = async () => {
    const directory = await store.open({ accounts: BASE.accounts ?? [], ...MADE });
    const ids = async () => {
      const gathered = await directory.gather(ASKED);
      const user = gathered.principal(ref(ALICE))?.value.facts;
      return { user: user?.kind === 'user' ? user.id : null, role: gathered.role(APP)?.value.facts.id };
    };
    return { directory, ids };
  };

  it('gets one in the form of IAM and keeps it', async () => {
    const { directory, ids } = await opened();
    const first = await ids();
    expect(first).toEqual({
      user: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      role: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    });
    expect(await directory.apply(MADE)).toMatchObject({ changed: false });
    await directory.apply({ users: [{ arn: ALICE, tags: { team: 'red' } }] });
    expect(await ids()).toEqual(first);
  });

  it('is another when it is deleted and made again, and no grant is its own', async () => {
    const { directory, ids } = await opened();
    const first = await ids();
    await directory.entities.deleteUser({ userArn: ALICE });
    await directory.apply({ users: MADE.users });
    const second = await ids();
    expect(second.user).not.toBe(first.user);
    expect((await directory.gather(ASKED)).role(APP)?.value.trust.facts.policyBindings).toEqual({
      [ALICE]: first.user,
    });
    await directory.entities.deleteRole({ roleArn: APP });
    await directory.apply({ roles: MADE.roles });
    expect((await ids()).role).not.toBe(first.role);
  });

  it('takes the id that is given later for its own, also when it was made again', async () => {
    const { directory, ids } = await opened();
    await directory.entities.deleteUser({ userArn: ALICE });
    await directory.apply({ users: MADE.users, accessKeys: [{ id: 'AKIAALICE', user: ALICE }] });
    await directory.apply({ users: [{ arn: ALICE, id: 'AIDAALICE' }] });
    expect((await ids()).user).toBe('AIDAALICE');
    expect(await directory.keys.find('AKIAALICE')).toMatchObject({ owner: { id: 'AIDAALICE' } });
  });
});
