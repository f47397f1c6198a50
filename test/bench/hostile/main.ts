/**
 * npm run bench -- hostile: the longest that another client waits, for its health check and for a decision, while the gateway
 * answers the worst request of each field of the schema and at each limit. Milliseconds of CPU of the gateway's main thread.
 * `--quick`: some minutes: a directory a tenth as large, requests that may work for a fifth of the time, and fewer forms of each field.
 * What comes late in a long request is not seen. `--only=PATTERN`: requests whose name matches it.
 */
import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { sign } from '../../aws/signed.ts';
import { QUICK } from '../measure.ts';
import { startMeasured } from '../server-cost.ts';
import { HOSTILE, PLAIN, PLAIN_KEY } from './hostile-world.ts';
import { type Seen, type Sent, watching } from './watch.ts';
import { type FieldForm, LEVELS, type WorstField, worstFields } from './worst-fields.ts';
import { WORST_FORMS, type WorstForm } from './worst-forms.ts';
import { WORST_IMPORTS } from './worst-imports.ts';

/** Bytes of a body that is not sent, because the gateway would not take it. */
const MOST_BYTES = 4_000_000;
/** Answers of what was wrong before any work was done: it shows nothing. */
const WRONG =
  /GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT|"code":"(?:ValidationError|BAD_REQUEST|MalformedPolicyDocument|NoSuchEntity)"/;
const TOO_MUCH = /QUERY_TOO_COMPLEX|REQUEST_TOO_LARGE|the limit is/;
/** Milliseconds of CPU that another client may wait. */
const WANTED = 50;
/** For as long as a change takes to be told. Milliseconds. */
const SUBSCRIBED = QUICK ? 2_000 : 6_000;
/** Seconds. What takes longer is not asked once more. */
const AGAIN = 20;
const ONLY = new RegExp(process.argv.find((one) => one.startsWith('--only='))?.slice('--only='.length) ?? '');

interface Facts {
  readonly pid: number;
  readonly operator: string;
  readonly hostile: string;
  readonly plain: string;
  readonly plainSecret: string;
}
/** Roles, seconds of processor time and seconds that a request may take. Long ones show no other steps than those that end sooner. */
const GATEWAY = QUICK ? ['200', '1', '8'] : ['2000', '5', '15'];
const server = await startMeasured<Facts>(new URL('server.ts', import.meta.url), GATEWAY);
const { facts } = server;
const credentials = { nobody: null, plain: facts.plain, operator: facts.operator, hostile: facts.hostile };

/** As it is sent now: a signature is good for some minutes. */
function sentAs({ path, as, body: bodyOf, method = 'POST', headers: more = {} }: WorstForm): Sent {
  const body = bodyOf();
  const plain = posted(path, as, body);
  if (path !== '/aws')
    return { ...plain, method, headers: { ...plain.headers, ...more }, ...(method === 'GET' && { body: null }) };
  const { host } = new URL(facts.url);
  const key = { accessKeyId: PLAIN_KEY, secretAccessKey: facts.plainSecret };
  const signed = sign(key, { at: Date.now(), body, headers: { host }, service: 'iam' });
  const headers = Object.fromEntries([...signed.headers].map(([name, [value = '']]) => [name, value]));
  return { method: 'POST', path, headers, body: Buffer.from(body) };
}

function posted(path: string, as: keyof typeof credentials, body: string): Sent {
  const authorization = credentials[as];
  const headers = { 'content-type': 'application/json', ...(authorization !== null && { authorization }) };
  return { method: 'POST', path, headers, body: Buffer.from(body) };
}

const decision = posted(
  '/graphql',
  'plain',
  JSON.stringify({
    query:
      'query ($p: PrincipalId!) { decision(request: { principal: $p, action: "s3:GetObject", resource: "arn:aws:s3:::bucket/x" }) { effect } }',
    variables: { p: PLAIN },
  }),
);

const missed: string[] = [];
let [longest, growth, asked] = [0, 0, 0];
const unmeasured: string[] = [];

function messageOf(answer: string): string {
  return /"message":"(.{0,90})/.exec(answer)?.[1] ?? '';
}

function print(name: string, seen: Seen): void {
  const { healthz, decision: decided, megabytes, seconds, status, answer } = seen;
  const error = messageOf(answer);
  const worst = Math.max(healthz, decided);
  longest = Math.max(longest, worst);
  growth = Math.max(growth, megabytes);
  asked += 1;
  if (worst > WANTED) missed.push(`${name}: ${worst.toFixed(0)} ms`);
  console.log(
    `${worst > WANTED ? '!' : ' '} ${name.padEnd(72)} healthz ${healthz.toFixed(0).padStart(6)}  decision ${decided.toFixed(0).padStart(6)} ms  ` +
      `${megabytes.toFixed(0).padStart(5)} MB ${seconds.toFixed(1).padStart(6)} s  ${status} ${error}`,
  );
}

/** What misses is asked once more: code that runs for the first time is compiled first, which happens once. */
async function watch(sent: Sent): Promise<Seen> {
  const seen = await watching(facts, decision, sent);
  if (Math.max(seen.healthz, seen.decision) <= WANTED || seen.seconds > AGAIN) return seen;
  const again = await watching(facts, decision, sent);
  return again.status === seen.status ? again : seen;
}
for (let i = 0; i < 20; i += 1) await watch(posted('/graphql', 'plain', '{"query":"{ viewer { kind } }"}'));

/** In the short form what comes last is left out when the time is over. Seconds. */
const UNTIL = QUICK && ONLY.source === '(?:)' ? 270 : Number.POSITIVE_INFINITY;
let leftOut = 0;

/** One or a few requests, with what is printed of them. */
type Task = () => Promise<void>;

function formsOf(forms: readonly WorstForm[]): readonly Task[] {
  return forms
    .filter(({ name }) => ONLY.test(name))
    .map((one) => async () => print(`${one.name} (${one.as})`, await watch(sentAs(one))));
}

/** Of places in a row, those that come after each other are far apart. */
const FAR_APART = 0.618;

/** In the short form, whose time may be over before its end: from all lists alike, and from each what is not like each other. */
function inAnOrder(lists: readonly (readonly Task[])[]): readonly Task[] {
  if (!QUICK) return lists.flat();
  const placed = lists.flatMap((list) =>
    list
      .map((task, index) => ({ task, place: (index * FAR_APART) % 1 }))
      .sort((one, other) => one.place - other.place)
      .map(({ task }, index) => ({ task, share: index / list.length })),
  );
  return placed.sort((one, other) => one.share - other.share).map(({ task }) => task);
}

/** Of a field that can be asked in very many ways, which share all but what they name, the short form asks one in so many. */
const MANY_WAYS = 20;
const ONE_IN = 8;

function someOf(fields: readonly WorstField[]): readonly WorstField[] {
  const ways = new Map<string, number>();
  const fieldOf = ({ name }: WorstField): string => name.split(' ', 1)[0] ?? '';
  for (const one of fields) ways.set(fieldOf(one), (ways.get(fieldOf(one)) ?? 0) + 1);
  return fields.filter((one, index) => !QUICK || (ways.get(fieldOf(one)) ?? 0) < MANY_WAYS || index % ONE_IN === 0);
}

const schema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));
const ROOTS = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
const [queries = [], mutations = [], subscriptions = []] = ROOTS.map((type) =>
  type == null ? [] : someOf(worstFields(schema, type, type.name.toLowerCase())).filter(({ name }) => ONLY.test(name)),
);
// Who may make them; those that take something away come last.
const ENDS = /\.(delete|deactivate|detach|remove|revoke|rotateSigning|signOut|exitRole)/;
const [endings, others] = [
  mutations.filter(({ name }) => ENDS.test(name)),
  mutations.filter(({ name }) => !ENDS.test(name)),
];
const each = (fields: readonly WorstField[], as: 'hostile' | 'plain', form: FieldForm): readonly Task[] =>
  fields.map((field) => () => worstOfField(field, as, form));
const tasks = [
  ...inAnOrder([
    formsOf(WORST_FORMS),
    each(queries, 'plain', 'bare'),
    subscriptions.map((field) => () => worstOfSubscription(field)),
    each(others, 'plain', 'all'),
    formsOf(WORST_IMPORTS),
    each(queries, 'hostile', 'all'),
  ]),
  ...each(endings, 'plain', 'all'),
  ...(QUICK ? [] : [each(queries, 'plain', 'directive'), each([...others, ...endings], 'hostile', 'all')].flat()),
];
for (const task of tasks) {
  if (performance.now() / 1000 < UNTIL) await task();
  else leftOut += 1;
}

/** The largest subscription that the gateway takes, while something changes that all of it depends on. */
async function worstOfSubscription({ name, body }: WorstField): Promise<void> {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }],
  });
  const change = (n: number): Sent =>
    posted(
      '/graphql',
      'operator',
      JSON.stringify({
        query: 'mutation ($i: PutUserPolicyInput!) { putUserPolicy(input: $i) { __typename } }',
        variables: { i: { userArn: HOSTILE, policyName: `Changed${n}`, policyDocument: document } },
      }),
    );
  for (let entries = 1000; entries >= 1; entries = Math.floor(entries / 10)) {
    const { headers, ...sent } = posted('/graphql', 'plain', body(LEVELS, entries, 1));
    const one = { ...sent, headers: { ...headers, accept: 'text/event-stream' }, leaves: SUBSCRIBED };
    let seen = await watching(facts, decision, one, change(entries));
    if (Math.max(seen.healthz, seen.decision) > WANTED)
      seen = await watching(facts, decision, one, change(entries + 1));
    const isTaken = !TOO_MUCH.test(seen.answer);
    if (isTaken || Math.max(seen.healthz, seen.decision) > WANTED) print(`${name} (plain), ${entries} entries`, seen);
    if (isTaken) return;
  }
}

/** The largest request that the gateway takes: shorter lists, pages and fewer levels until it is. */
async function worstOfField(
  { name, hasList, body }: WorstField,
  as: 'hostile' | 'plain',
  form: FieldForm,
): Promise<void> {
  for (let levels = LEVELS; levels >= 1; levels -= 1) {
    for (let page = 1000; page >= 1; page = Math.floor(page / 32)) {
      for (let entries = hasList ? 10_000 : 1; entries >= 1; entries = Math.floor(entries / 10)) {
        // Two entries say how long all are.
        const few = Math.min(2, entries);
        if ((body(levels, few, page, form).length / few) * entries > MOST_BYTES) continue;
        const seen = await watch(posted('/graphql', as, body(levels, entries, page, form)));
        // A list that is too long for its field is wrong in the words of that field.
        const isWrong = WRONG.test(seen.answer);
        const isTaken = !TOO_MUCH.test(seen.answer) && !(isWrong && entries > 1);
        const shown = `${name} (${as}, ${form}), ${levels} levels, ${hasList ? `${entries} entries, ` : ''}pages of ${page}`;
        if (isTaken || Math.max(seen.healthz, seen.decision) > WANTED) print(shown, seen);
        if (isTaken && isWrong) unmeasured.push(`${shown}: ${messageOf(seen.answer)}`);
        // Nothing of the organization is its to change.
        if (isTaken && /"AccessDenied"/.test(seen.answer) && as === 'plain') {
          print(
            `${name} (operator, ${form})`,
            await watch(posted('/graphql', 'operator', body(levels, entries, page, form))),
          );
        }
        if (isTaken) return;
      }
    }
  }
}

if (leftOut > 0) console.log(`left out, because the time was over: ${leftOut}`);
console.log(`${asked} requests; longest delay ${longest.toFixed(0)} ms, largest growth ${growth.toFixed(0)} MB`);
console.log(
  `asked as ${HOSTILE}; at most ${WANTED} ms: ${missed.length === 0 ? 'reached' : `missed by ${missed.length}`}`,
);
for (const one of missed) console.log(`  ${one}`);
if (unmeasured.length > 0) console.log(`refused for their form, and so not measured: ${unmeasured.length}`);
for (const one of unmeasured) console.log(`  ${one}`);
server.stop();
process.exitCode = missed.length === 0 ? 0 : 1;
