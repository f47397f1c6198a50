import { comparePolicies } from '../policy-checks/checks.ts';
import type { BothStates } from './both-states.ts';

/** Whether requests through a changed VPC endpoint may be allowed that were not: true where it cannot be excluded. */
export async function givesMore(states: BothStates, id: string): Promise<boolean> {
  const { before, after } = await states.gather({ principals: [], roles: [], resources: [], endpoints: [id] });
  const [one, other] = [before, after].map((state) => state.endpoint(id));
  // What is asked about an endpoint that is not there is not limited by it.
  if (one == null || other == null) return true;
  const isSame =
    one.accountId === other.accountId && one.vpcId === other.vpcId && one.serviceName === other.serviceName;
  if (!isSame || one.gaps.length + other.gaps.length > 0) return true;
  if (one.value === null) return false;
  const [earlier, later] = [one.value.source, other.value?.source].map((source) => source?.policy.source.text ?? null);
  if (earlier == null || later == null) return true;
  const { catalog, work } = states.before;
  const asked = { kind: 'vpce', before: earlier, after: later } as const;
  return (await work.run(comparePolicies({ catalog, now: states.now }, asked))).kind !== 'none';
}
