import type { GraphiqlTab } from './page.ts';

/** The tab that GraphiQL opens with if there is no demo organization. */
export const WELCOME_TABS: readonly GraphiqlTab[] = [
  {
    query: `# Rolegate answers what a principal may do,
# as itself or in the role it assumes.
#
# Sign in above: with the access key of a user or a
# service, a session token, or the operator's token.
#
# Nothing is imported yet? On the command line:
#   aws iam get-account-authorization-details \\
#     > account.json
#   npx rolegate import account.json

query WhoAmI {
  viewer {
    principal {
      principalId
    }
    roleSession {
      arn
      expiresAt
    }
    restoresTo {
      principalId
    }
  }
}
`,
  },
  {
    query: `# Ask as the operator: may this user do that,
# as itself and in a role?
query MayIt($principal: PrincipalId!, $role: Arn, $action: String!, $resource: Arn!) {
  asItself: decision(request: { principal: $principal, action: $action, resource: $resource }) {
    ...Verdict
  }
  inTheRole: decision(
    request: { principal: $principal, assumedRole: $role, action: $action, resource: $resource }
  ) {
    ...Verdict
  }
}

fragment Verdict on Decision {
  allowed
  reason
  deniedBy
  matchedStatements {
    policy
    sid
    effect
  }
  gaps
}
`,
    variables: `${JSON.stringify(
      {
        principal: 'arn:aws:iam::111111111111:user/alice',
        role: 'arn:aws:iam::111111111111:role/deployer',
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::my-bucket/report.pdf',
      },
      null,
      2,
    )}\n`,
  },
];
