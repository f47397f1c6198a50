import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClosedFormBuilder } from '../../src/analysis/closed-form.ts';
import { authorize } from '../../src/evaluation/authorize.ts';
import {
  type PreparedPrincipal,
  type PreparedResource,
  preparePolicies,
  preparePrincipal,
  prepareResource,
} from '../../src/evaluation/prepare.ts';
import type { RequestFacts } from '../../src/evaluation/request.ts';
import { finished } from '../../src/policy/steps.ts';
import { enginePrincipal, engineRequest, engineResource } from '../support/engine.ts';
import { requests, requestsThroughAccessPoints } from '../support/generated-requests.ts';
import type { NaiveRequest } from '../support/naive-evaluator.ts';
import { isMember } from './membership.ts';

/** What a directory can hold: resources with policies have owners, control policies stand above accounts. */
function canBeStored({ resource, action }: NaiveRequest): boolean {
  if (resource.arn === '*')
    return resource.policy === null && resource.rcp === null && !(action.wildcardOnly && resource.accountId !== null);
  // Terms are about one partition, the principal's.
  if (resource.arn.startsWith('arn:aws-cn')) return false;
  return (
    resource.accountId !== null || /:\d{12}:/.test(resource.arn) || (resource.policy === null && resource.rcp === null)
  );
}

/** Access points take part in more layers than others, and are rare among all. */
const stored = fc
  .oneof({ weight: 4, arbitrary: requests }, { weight: 1, arbitrary: requestsThroughAccessPoints })
  .filter(canBeStored);

const ASSUMED = ['aws:securetransport', 'aws:viaawsservice', 'aws:requestedregion'];
/** The same principal under what stands above the resources of its account; nothing does above those of the management account. */
function withHomeControl(principal: PreparedPrincipal, home: PreparedResource | null): PreparedPrincipal {
  const { facts, policies, session } = principal;
  if (policies === null || home === null) return principal;
  const { organization, resourceControl } = home.facts;
  const bound = organization?.managementAccountId === home.accountId ? null : resourceControl;
  return preparePrincipal(
    facts,
    preparePolicies({ ...policies.source, resourceControl: bound }),
    session === null ? null : session.source,
  );
}

describe('the closed form of one generated request', () => {
  it('holds the request exactly if the engine allows it, whatever of its context was given before', () => {
    fc.assert(
      fc.property(stored, fc.infiniteStream(fc.boolean()), fc.boolean(), (q, coins, assumes) => {
        const known = enginePrincipal(q);
        const resource = engineResource(q);
        const request: RequestFacts = { ...engineRequest(q), authority: 'directory', assumes };
        // What is not given is assumed, and then no request gives it.
        const given = new Map(
          [...q.context].filter(([key]) => (assumes && ASSUMED.includes(key)) || coins.next().value),
        );
        const { facts } = known;
        const account = facts.kind === 'service' || facts.kind === 'anonymous' ? null : facts.accountId;
        const home =
          account === null
            ? null
            : prepareResource({
                ...resource.facts,
                arn: `arn:aws:iam::${account}:root`,
                accountId: account,
                organization: account === resource.accountId ? resource.facts.organization : null,
                policy: null,
                resourceControl: account === resource.accountId ? resource.facts.resourceControl : null,
              });
        const principal = withHomeControl(known, home);
        const builder = new ClosedFormBuilder(principal, { ...request, context: given }, home);
        if (!q.action.wildcardOnly) {
          finished(builder.add(resource, { resources: [q.resource.arn.replace('${', '${$}{')], notResources: [] }));
        }
        const form = builder.build();
        const set = finished(form.of(q.action));
        // A list that passes over the service loses nothing.
        expect(form.mayAllow(q.action.service) || set.allow.length === 0).toBe(true);
        const decision = authorize(principal, q.action, resource, request);
        expect({ member: isMember(set, principal, q.action, resource, request), reason: decision.reason }).toEqual({
          member: decision.allowed,
          reason: decision.reason,
        });
      }),
      { numRuns: 1200 },
    );
  });
});
