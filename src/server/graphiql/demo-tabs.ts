import type { GraphiqlTab } from './page.ts';

/** A question about the demo organization. GraphiQL shows the name of its operation as the title. */
export interface DemoTab extends GraphiqlTab {
  readonly title: string;
  /** Who has to ask: the operator may ask about everybody, the last ones are about whoever is signed in. */
  readonly askedBy: 'operator' | 'alice' | 'alice in the role';
}

const ALICE = 'arn:aws:iam::111111111111:user/alice';
const DATA_WRITER = 'arn:aws:iam::222222222222:role/DataWriter';
const OWN_FILE = 'arn:aws:s3:::dev-alice/results.csv';
const SHARED_FILE = 'arn:aws:s3:::shared-datasets/results.csv';

function json(variables: object): string {
  return `${JSON.stringify(variables, null, 2)}\n`;
}

/** The tabs GraphiQL opens with on the demo organization: what roles give, what they take, and why. */
export const demoTabs: readonly DemoTab[] = [
  {
    title: 'WhatMayAliceDo',
    askedBy: 'operator',
    query: `# Everything alice of account 111111111111 may do, as
# herself: her own policies and her group's, within her
# permissions boundary and the control policies of the
# organization. Headers:
# {"Authorization": "Bearer <operator token>"}, or alice's
# own sign-in; both were printed when the gateway first
# started.
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
    title: 'AsHerselfAndInTheRole',
    askedBy: 'operator',
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
    title: 'WhyIsThisDenied',
    askedBy: 'operator',
    query: `# Four denials, each by another layer: a service control
# policy, a permissions boundary, a resource control policy
# (the bucket's own policy is open to the world) and a trust
# policy.
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
  {
    title: 'WhoAmINow',
    askedBy: 'alice',
    query: `# Who is signed in, in which role, and which roles it could
# assume. Headers, for alice:
# {"Authorization": "Basic <base64 of accessKeyId:secretAccessKey>"}
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
    title: 'AssumeDataWriter',
    askedBy: 'alice',
    query: `# alice assumes the role. Put the session token into the
# headers of the next tab and of "WhoAmINow":
# {"Authorization": "Bearer <sessionToken>"}
mutation AssumeDataWriter($role: Arn!) {
  assumeRole(input: { role: $role, roleSessionName: "alice" }) {
    ... on AssumeRoleSuccess {
      roleSession {
        arn
        expiresAt
      }
      credentials {
        accessKeyId
        secretAccessKey
        sessionToken
        expiration
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
    title: 'LeaveTheRole',
    askedBy: 'alice in the role',
    query: `# Ends the session at once; whoever assumed the role has its
# own permissions as before.
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
];
