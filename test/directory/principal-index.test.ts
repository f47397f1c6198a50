import { describe, expect, it } from 'vitest';
import { TrustEdges } from '../../src/directory/principals/trust-edges.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { A, policy, roleArn, trusts } from '../support/policies.ts';

const role = (name: string) => ({ arn: roleArn(name) }) as never;
const ANYBODY = loadPolicy(policy(trusts({ AWS: '*' })), 'trust');

describe('names in trust policies', () => {
  it('lead to a role that is read again, although nobody else has its trust policy', () => {
    const edges = new TrustEdges();
    edges.learn('h1', ANYBODY);
    const [before, after] = [role('Only'), role('Only')];
    edges.put(before, 'h1', {});
    edges.remove(before);
    edges.put(after, 'h1', {});
    edges.dropUnheld();
    expect([...edges.under(['*'])]).toEqual([after]);
  });

  it('are forgotten with the last role that has them', () => {
    const edges = new TrustEdges();
    edges.learn('h1', ANYBODY);
    const only = role('Only');
    edges.put(only, 'h1', {});
    edges.remove(only);
    edges.dropUnheld();
    expect([edges.has('h1'), edges.weight, edges.under(['*', A]).size]).toEqual([false, 0, 0]);
  });
});
