/** Who and what there is in the worlds of the tests. */
import { askedOnOf } from '../../src/catalog/asked-on.ts';
import type { PrincipalFacts, RoleFacts, UserFacts } from '../../src/evaluation/principal.ts';
import type { ActionFacts } from '../../src/evaluation/request.ts';

export const A = '111111111111';
export const B = '222222222222';
export const M = '999999999999';
export const X = '333333333333';

export const organizationOf = (account: string) =>
  account === X
    ? null
    : {
        id: 'o-exampleorg1',
        managementAccountId: M,
        path: `o-exampleorg1/r-ab12/${account === M ? '' : `ou-ab12-${account}/`}`,
      };
const inAccount = (accountId: string) => ({ accountId, partition: 'aws', organization: organizationOf(accountId) });

export const user = (account: string, name = 'alice', tags: Record<string, string> = {}): UserFacts => ({
  kind: 'user',
  ...inAccount(account),
  arn: `arn:aws:iam::${account}:user/${name}`,
  id: `AIDA${name.toUpperCase()}${account}`,
  name,
  tags,
});

export const role = (account: string, path = '/team/', tags: Record<string, string> = {}): RoleFacts => ({
  ...inAccount(account),
  arn: `arn:aws:iam::${account}:role${path}App`,
  id: `AROAAPP${account}`,
  name: 'App',
  path,
  tags,
});

export const session = (account: string, sessionName: string | null = 's1', path = '/team/'): PrincipalFacts => ({
  kind: 'roleSession',
  ...inAccount(account),
  role: role(account, path, { team: 'red' }),
  sessionName,
  tags: { Team: 'blue' },
  sourceIdentity: 'al',
  issuedAt: Date.UTC(2026, 10, 1),
});

export const federated = (account: string, issuer: UserFacts | null = user(account)): PrincipalFacts => ({
  kind: 'federatedUser',
  ...inAccount(account),
  arn: `arn:aws:sts::${account}:federated-user/fed`,
  name: 'fed',
  issuer,
  tags: { team: 'green' },
  issuedAt: Date.UTC(2026, 10, 1),
});

export const root = (account: string): PrincipalFacts => ({
  kind: 'root',
  ...inAccount(account),
  arn: `arn:aws:iam::${account}:root`,
});

export const action = (name: string, wildcardOnly = false): ActionFacts => {
  const service = name.slice(0, name.indexOf(':')).toLowerCase();
  const askedOn = wildcardOnly ? askedOnOf(name) : undefined;
  const resourceControlSupported = ['s3', 'sts', 'kms', 'sqs'].includes(service);
  return { name, service, wildcardOnly, resourceControlSupported, ...(askedOn === undefined ? {} : { askedOn }) };
};
