/** Which mutations change the directory, and that each of these can expect a revision and be tried without storing anything. */
import { expect, test } from 'vitest';
import { buildSchema } from '../../../src/graphql/schema.ts';

/** Mutations that change nothing that decisions are made from, or that answer with a secret, with the reason. */
const NOT_OF_THE_DIRECTORY: Readonly<Record<string, readonly string[]>> = {
  'begin and end sessions and sign-ins': [
    'assumeInstanceProfile',
    'assumeRole',
    'assumeRoleWithWebIdentity',
    'exitRole',
    'getFederationToken',
    'getSessionToken',
    'revokeRoleSessions',
    'signIn',
    'signOut',
  ],
  'credentials of users and services': ['createAccessKey', 'deleteAccessKey', 'updateAccessKey'],
  'devices, whose secrets are answered once': [
    'createVirtualMfaDevice',
    'deactivateMfaDevice',
    'deleteVirtualMfaDevice',
    'enableMfaDevice',
  ],
  'credentials of enforcement points': ['createChecker', 'revokeChecker', 'rotateChecker'],
  'the keys of the gateway itself': ['rotateSigningKey'],
  'what is said of findings: no answer about access, and no expected revision, depends on it': ['acknowledgeFinding'],
};

test('every mutation of the directory takes `expectedRevision` and `dryRun`, and every other one has a reason not to', () => {
  const mutations = Object.values(buildSchema().getMutationType()?.getFields() ?? {});
  const others = Object.values(NOT_OF_THE_DIRECTORY).flat();
  const without = mutations.filter(({ args }) => {
    const names = args.map(({ name }) => name);
    return !names.includes('expectedRevision') || !names.includes('dryRun');
  });
  expect(without.map(({ name }) => name).toSorted()).toEqual(others.toSorted());
});
