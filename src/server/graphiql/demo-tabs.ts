import type { GraphiqlTab } from './page.ts';

/** A question about the demo organization. GraphiQL shows the name of its operation as the title. */
export interface DemoTab extends GraphiqlTab {
  readonly title: string;
  /** Required caller: alice signs in in the first tab; the operator may ask about everybody. */
  readonly askedBy: 'nobody' | 'alice' | 'alice in the role' | 'operator';
}

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const ALICE_KEY = 'AKIADEMOALICEAAAAAAA';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN_FILE = 'arn:aws:s3:::dev-alice/results.csv';
const SHARED_FILE = 'arn:aws:s3:::shared-datasets/results.csv';

function json(variables: object): string {
  return `${JSON.stringify(variables, null, 2)}\n`;
}

/** The tabs that GraphiQL opens with on the demo organization: what roles give, what they take away, and why. In the order of the story. */
export const demoTabs: readonly DemoTab[] = [
  {
    title: 'SignInAsAlice',
    askedBy: 'nobody',
    query: `# Signs this browser in: until SignOut, what it asks is
# alice's. Put her secret access key into the variables
# below; it was printed when the gateway first started, and
# is in .rolegate/demo-sign-in.txt. Or press Sign in above.
mutation SignInAsAlice($input: SignInInput!) {
  signIn(input: $input) {
    ... on SignInSuccess {
      viewer {
        principal {
          principalId
        }
      }
      expiresAt
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: json({ input: { accessKeyId: ALICE_KEY, secretAccessKey: '' } }),
  },
  {
    title: 'AsHerselfAndInTheRole',
    askedBy: 'alice',
    query: `# alice wants to copy a file of her own bucket to a bucket
# of account 222222222222. As herself she may do both: the
# policy of that bucket names her, and she keeps what she
# has. In the role DataWriter she may write there, but has
# given up her own permissions, and with them her own
# bucket.
query AsHerselfAndInTheRole($alice: PrincipalId!, $role: Arn!, $from: Arn!, $to: Arn!) {
  readAsHerself: decision(request: { principal: $alice, action: "s3:GetObject", resource: $from }) {
    ...Verdict
  }
  writeAsHerself: decision(request: { principal: $alice, action: "s3:PutObject", resource: $to }) {
    ...Verdict
  }
  readInTheRole: decision(
    request: { principal: $alice, assumedRole: $role, action: "s3:GetObject", resource: $from }
  ) {
    ...Verdict
  }
  writeInTheRole: decision(
    request: { principal: $alice, assumedRole: $role, action: "s3:PutObject", resource: $to }
  ) {
    ...Verdict
  }
  accessRoutes(
    principal: $alice
    needs: [{ action: "s3:GetObject", resource: $from }, { action: "s3:PutObject", resource: $to }]
  ) {
    kind
    roles {
      arn
    }
    meetsAll
    givesUp {
      action
      resource
    }
  }
}

fragment Verdict on Decision {
  allowed
  reason
  matchedStatements {
    layer
    policyName
    sid
  }
}
`,
    variables: json({ alice: ALICE, role: DATA_WRITER, from: OWN_FILE, to: SHARED_FILE }),
  },
  {
    title: 'AssumeDataWriter',
    askedBy: 'alice',
    query: `# The browser switches into the role: every request from now
# on is the role's, and alice's own permissions are given up
# until she leaves it.
mutation AssumeDataWriter($role: Arn!) {
  assumeRole(input: { role: $role, roleSessionName: "alice" }) {
    ... on AssumeRoleSuccess {
      roleSession {
        arn
        expiresAt
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
    variables: json({ role: DATA_WRITER }),
  },
  {
    title: 'WhoAmINow',
    askedBy: 'alice',
    query: `# Who is signed in, in which role, what that may do with the
# two files, and which roles it could assume. Ask again
# after leaving the role.
query WhoAmINow($from: Arn!, $to: Arn!) {
  viewer {
    principal {
      principalId
      mayRead: can(action: "s3:GetObject", resource: $from) {
        allowed
      }
      mayWrite: can(action: "s3:PutObject", resource: $to) {
        allowed
      }
      assumableRoles {
        nodes {
          role {
            arn
          }
          requires
        }
      }
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
    variables: json({ from: OWN_FILE, to: SHARED_FILE }),
  },
  {
    title: 'LeaveTheRole',
    askedBy: 'alice in the role',
    query: `# Ends the session at once; alice's own permissions are back.
mutation LeaveTheRole {
  exitRole {
    ... on ExitRoleSuccess {
      endedSession {
        arn
        endedAt
      }
      viewer {
        principal {
          principalId
        }
        roleSession {
          arn
        }
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
  },
  {
    title: 'WhatMayAliceDo',
    askedBy: 'alice',
    query: `# Everything alice of account 111111111111 may do, as
# herself: her own policies and her group's, within her
# permissions boundary and the control policies of the
# organization.
query WhatMayAliceDo($alice: PrincipalId!) {
  effectivePermissions(principal: $alice) {
    summary {
      serviceName
      allowedActions
      totalActions
      accessLevels
    }
    permissions(filter: { services: ["sts", "iam"] }, first: 10) {
      totalCount
      nodes {
        action
        accessLevel
        allow {
          resources
          conditions
          statements {
            policyName
            sid
          }
        }
      }
    }
    gaps
  }
}
`,
    variables: json({ alice: ALICE }),
  },
  {
    title: 'SignOut',
    askedBy: 'alice',
    query: `# Ends the sign-in, and a role session with it.
mutation SignOut {
  signOut {
    ... on SignOutSuccess {
      viewer {
        principal {
          principalId
        }
      }
    }
    ... on UserError {
      code
      message
    }
  }
}
`,
  },
  {
    title: 'WhyIsThisDenied',
    askedBy: 'operator',
    query: `# Four denials, each by another layer: a service control
# policy, a permissions boundary, a resource control policy
# (the bucket's own policy is open to the world) and a trust
# policy. About others the operator may ask: sign in above
# with the operator's token, in .rolegate/operator.token.
query WhyIsThisDenied($requests: [AccessRequestInput!]!) {
  decisions(requests: $requests) {
    principal {
      principalId
    }
    action
    resource
    effect
    deniedBy
    reason
    layers {
      layer
      effect
      matchedStatements {
        policyName
        sid
        effect
      }
    }
  }
}
`,
    variables: json({
      requests: [
        { principal: ALICE, action: 's3:DeleteBucket', resource: 'arn:aws:s3:::dev-alice' },
        { principal: ALICE, action: 'iam:AttachUserPolicy', resource: ALICE },
        { principal: 'anonymous', action: 's3:GetObject', resource: 'arn:aws:s3:::shared-datasets/public/readme.txt' },
        { principal: ALICE, action: 'sts:AssumeRole', resource: 'arn:aws:iam::111111111111:role/Auditor' },
      ],
    }),
  },
];
