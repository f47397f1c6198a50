/** A process that decides about everybody in a large directory, and says how much memory it takes. Arguments: the URL of the database, bytes. */
import type * as accessModule from '../../../src/access/access.ts';
import type * as catalogModule from '../../../src/catalog/catalog.ts';
import type * as budgetModule from '../../../src/directory/gather/memory-budget.ts';
import type * as directoryModule from '../../../src/directory/prisma/open-directory.ts';
import type * as principalModule from '../../../src/policy/principal-id.ts';
import { built } from '../built.ts';
import { type OrganizationSize, principalOf, resourceOf } from './organization.ts';

const { openCatalog } = await built<typeof catalogModule>('catalog/catalog');
const { growHeapSlowly } = await built<typeof budgetModule>('directory/gather/memory-budget');
const { openDirectory } = await built<typeof directoryModule>('directory/prisma/open-directory');
const { createAccess } = await built<typeof accessModule>('access/access');
const { parsePrincipalRef } = await built<typeof principalModule>('policy/principal-id');

const [url = '', memory = '', questions = '', size = ''] = process.argv.slice(2);
const organization = JSON.parse(size) as OrganizationSize;
const ACTIONS = [
  's3:GetObject',
  's3:PutObject',
  's3:ListBucket',
  'sqs:SendMessage',
  'sqs:ReceiveMessage',
  'ec2:DescribeInstances',
  'iam:GetUser',
  'dynamodb:GetItem',
];
const BATCH = 1_000;
/** Half of the questions are about one principal in fifty. */
const BUSY = 50;

const catalog = await openCatalog();
growHeapSlowly();
const directory = await openDirectory({ kind: 'server', url, memory: Number(memory) }, catalog);
const access = createAccess(directory, catalog);
const principals = organization.accounts * (organization.roles + organization.users);

let seed = 1;
function random(below: number): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
}

let allowed = 0;
async function decide(count: number): Promise<void> {
  const asked = Array.from({ length: count }, () => {
    const action = ACTIONS[random(ACTIONS.length)] ?? '';
    const who = random(2) === 0 ? random(principals / BUSY) * BUSY : random(principals);
    const principal = parsePrincipalRef(principalOf(organization, who));
    if (principal === null) throw new Error('nobody');
    return {
      subject: { principal, assumedRole: null, session: null },
      action,
      resource: resourceOf(organization, who + random(3), action, random(100_000)),
      resourceAccount: null,
      context: new Map(),
      path: '',
    };
  });
  for (const answer of await access.decideEach(asked, Date.now())) {
    if (answer instanceof Error) throw answer;
    if (answer.decision.allowed) allowed += 1;
  }
}

await decide(BATCH);
globalThis.gc?.();
const base = process.memoryUsage.rss();
let peak = 0;
const before = process.cpuUsage();
for (let asked = 0; asked < Number(questions); asked += BATCH) {
  await decide(BATCH);
  peak = Math.max(peak, process.memoryUsage.rss());
}
const { user, system } = process.cpuUsage(before);
globalThis.gc?.();
console.log(JSON.stringify({ base, peak, allowed, heap: process.memoryUsage().heapUsed, cpu: (user + system) / 1e6 }));
await directory.close();
process.exit();
