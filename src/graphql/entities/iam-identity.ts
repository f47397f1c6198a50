import { builder } from '../builder.ts';
import { tableConnection } from '../table-connection.ts';
import { ACCOUNT, ARN, NAME, PATH } from './named-fields.ts';

interface WithArn {
  readonly arn: string;
}

export const IamIdentity = builder.interfaceRef<WithArn>('IamIdentity').implement({
  description: 'What managed policies can be attached to. Implemented by User, Group and Role',
  fields: (t) => ({
    arn: t.field(ARN),
    name: t.string(NAME),
    path: t.string(PATH),
    account: t.field(ACCOUNT),
  }),
});

export const IamIdentityConnection = tableConnection('IamIdentity', IamIdentity, {
  page: 'A page of users, groups and roles',
  entry: 'A user, group or role',
});
