/** Roles of which it is not known whether anybody can assume them, because a policy cannot be read. */
import { expect, test } from 'vitest';
import { A, anOrganization, aRole, aUser, roleArn, trusts } from '../../support/policies.ts';
import { faultsOf, OPERATOR } from '../gateway.ts';
import { openedGateway } from '../services.ts';

const BROKEN = `arn:aws:iam::${A}:policy/Broken`;
const UNREADABLE = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": 5, "Resource": "*"}]}';
const root = trusts({ AWS: `arn:aws:iam::${A}:root` });

const gateway = openedGateway(() => ({
  ...anOrganization(A),
  policies: [{ arn: BROKEN, defaultVersionId: 'v1', versions: [{ versionId: 'v1', document: UNREADABLE }] }],
  users: [aUser('maybe', [], { attachedPolicies: [BROKEN] })],
  roles: [aRole('Maybe', [root]), { ...aRole('Unread', [root]), trustPolicy: UNREADABLE }, aRole('Unused', [])],
}));

test('they are no roles that nobody can assume, and the gaps name them', async () => {
  const result = await gateway.ask(OPERATOR, '{ findings(kinds: [UNUSED_ROLE]) { gaps nodes { arn } } }');
  expect(faultsOf(result)).toEqual([]);
  expect(result.data?.['findings']).toEqual({
    gaps: [
      `whether anybody can assume ${roleArn('Unread')} is not known: its trust policy cannot be read completely`,
      expect.stringMatching(`^whether anybody can assume ${roleArn('Maybe')} is not known: .*Broken`),
    ],
    nodes: [{ arn: roleArn('Unused') }],
  });
});
