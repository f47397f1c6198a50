const CREATED = { CreateDate: '2024-01-01T00:00:00Z', Path: '/' };
/** Of a name that would be a part of the page if anybody took it for one. */
export const HOSTILE_SID = '<img src=x onerror=alert(1)>\u202e';

const DOCUMENT = {
  Version: '2012-10-17',
  Statement: [{ Sid: HOSTILE_SID, Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** What `aws iam get-account-authorization-details` prints of a small account: one user may everything. */
export const EXPORT = {
  UserDetailList: [
    {
      ...CREATED,
      UserName: 'root-like',
      UserId: 'AIDAEXAMPLEROOTLIKE00',
      Arn: 'arn:aws:iam::444444444444:user/root-like',
      UserPolicyList: [{ PolicyName: 'everything', PolicyDocument: DOCUMENT }],
      GroupList: [],
      AttachedManagedPolicies: [],
      Tags: [],
    },
  ],
  GroupDetailList: [],
  RoleDetailList: [],
  Policies: [],
};
