/**
 * npm run bench -- doors: what a request costs at AWS's door, beside the same question at that of GraphQL. Judged by the CPU
 * of the gateway's process; the client signs before, in another one. Both doors take turns, with the same key.
 */
import { form, sign } from '../../aws/signed.ts';
import { median, QUICK } from '../measure.ts';
import { graphqlRequest, startMeasured, type ToSend } from '../server-cost.ts';

const ROUNDS = QUICK ? 3 : 7;
const REQUESTS = QUICK ? 500 : 2_000;
/** AWS's door is to be no dearer than GraphQL's. */
const WANTED = 1;

const server = await startMeasured<{
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}>(new URL('server.ts', import.meta.url));
const { facts } = server;
const { host } = new URL(facts.url);

function atAws(body: string, service: string): ToSend {
  const headers = { host, 'content-length': String(body.length) };
  const sent = sign(facts, { at: Date.now(), service, body, headers });
  const signed = Object.fromEntries([...sent.headers].map(([name, [value = '']]) => [name, value]));
  return { options: { path: '/aws', headers: signed }, body: Buffer.from(sent.body) };
}

function atGraphql(query: string, variables: object = {}): ToSend {
  const { accessKeyId, secretAccessKey } = facts;
  const key = Buffer.from(`${accessKeyId}:${secretAccessKey}`).toString('base64');
  return graphqlRequest(`Basic ${key}`, query, variables);
}

const USER = 'arn:aws:iam::111111111111:user/measured';
const RESOURCES = Array.from({ length: 5 }, (_, n) => `arn:aws:s3:::bucket/${n}`);
const ACTIONS = ['s3:GetObject', 's3:PutObject'];
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 's3:Get*', Resource: 'arn:aws:s3:::bucket/*' },
    { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::bucket/3' },
  ],
});
const SIMULATE = `query ($input: SimulateCustomPoliciesInput!) { simulateCustomPolicies(input: $input) { effect matchedStatements { policyName } missingContextKeys } }`;
const named = (name: string, values: readonly string[]) => values.map((value, n) => [`${name}.member.${n + 1}`, value]);

/** The same question at both doors; `n` makes every request another one. */
const QUESTIONS: Readonly<
  Record<string, { readonly aws: (n: number) => ToSend; readonly graphql: (n: number) => ToSend }>
> = {
  GetCallerIdentity: {
    aws: (n) => atAws(form('GetCallerIdentity', { N: String(n) }), 'sts'),
    graphql: (n) => atGraphql(`{ viewer { userId principal { principalId } } } # ${n % 10}`),
  },
  'SimulateCustomPolicy, 10 decisions': {
    aws: (n) => {
      const lists = [
        ...named('ActionNames', ACTIONS),
        ...named('ResourceArns', RESOURCES),
        ...named('PolicyInputList', [POLICY]),
      ];
      return atAws(form('SimulateCustomPolicy', { ...Object.fromEntries(lists), N: String(n) }, 'iam'), 'iam');
    },
    graphql: () => {
      const requests = ACTIONS.flatMap((action) => RESOURCES.map((resource) => ({ action, resource })));
      return atGraphql(SIMULATE, { input: { caller: { principal: USER }, identityPolicies: [POLICY], requests } });
    },
  },
};

for (const [name, { aws, graphql }] of Object.entries(QUESTIONS)) {
  if ((await server.send(aws(0))).status === 501) {
    process.stdout.write(`${name}: not served at AWS's door\n`);
    continue;
  }
  const costs: { aws: number[]; graphql: number[] } = { aws: [], graphql: [] };
  // The first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const many = (make: (n: number) => ToSend) =>
      Array.from({ length: REQUESTS }, (_, n) => make(round * REQUESTS + n));
    const [one, other] = [await server.cost(many(aws)), await server.cost(many(graphql))];
    if (round === 0) continue;
    costs.aws.push(one);
    costs.graphql.push(other);
  }
  const [atTheirs, atOurs] = [median(costs.aws), median(costs.graphql)];
  const rate = atOurs / atTheirs;
  const shown = `${atTheirs.toFixed(0)} µs of CPU at AWS's door, ${atOurs.toFixed(0)} µs at GraphQL's`;
  process.stdout.write(`${name}: ${shown}: ${rate.toFixed(2)} times its rate (wanted: ${WANTED})\n`);
  if (rate < WANTED) process.exitCode = 1;
}
server.stop();
