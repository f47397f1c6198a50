import { ClosedFormBuilder } from '../analysis/closed-form.ts';
import type { Revision } from '../directory/directory.ts';
import type { PolicyReading } from '../evaluation/policy-reading.ts';
import type { PreparedPrincipal, PreparedResource } from '../evaluation/prepare.ts';
import type { RequestContext, RequestFacts } from '../evaluation/request.ts';
import { checkAssumedRole } from './check-question.ts';
import type { DecideTools } from './decide.ts';
import { EffectivePermissions } from './effective-permissions.ts';
import { addBearers } from './effective-permissions-bearers.ts';
import { accountOf, homeOf, homes, knownServices } from './effective-permissions-home.ts';
import { gatherForSubjects } from './gather-for-subjects.ts';
import { neverAllowed } from './never-allowed.ts';
import { onOneCatalog } from './one-catalog.ts';
import { type Answer, fieldOf, type Question, type Subject } from './question.ts';
import { type OneRevision, onOneRevision } from './scan.ts';
import { withSourceOrganization } from './source-organization.ts';
import { type ResolvedSubject, resolveSubject } from './subject.ts';
import { OF_BOTH, telling } from './telling-gaps.ts';
import { endpointGaps } from './unknown-policies.ts';
import { throughEndpoint } from './vpc-endpoint.ts';
import { Work } from './work.ts';

/**
 * Everything that `subject` may do, given `context`: condition keys in it are settled, others remain as conditions. Reads
 * every resource policy and trust policy of the directory once, page by page. Throws the errors of resolving the subject,
 * and CONFLICT if the directory keeps changing. `path`: the place of the subject in the client's request.
 */
export function effectivePermissions(
  tools: DecideTools,
  subject: Subject,
  context: RequestContext,
  now: number,
  assumeContextKeys = true,
  path = '',
): Promise<EffectivePermissions> {
  const given = { subject, context, assumeContextKeys, path };
  const work = tools.work ?? new Work();
  return onOneCatalog(tools, (all) => onOneRevision((check) => workOut({ ...all, work }, given, now, check)));
}

async function workOut(
  tools: DecideTools & { readonly work: Work },
  given: Required<Pick<Question, 'subject' | 'context' | 'assumeContextKeys' | 'path'>>,
  now: number,
  check: OneRevision,
): Promise<EffectivePermissions> {
  const { subject, context, assumeContextKeys } = given;
  const { directory, catalog } = tools;
  checkAssumedRole(subject, () => fieldOf(given, 'assumedRole'));
  const gathered = await directory.gather({ ...gatherForSubjects([{ subject, context }]), now });
  check(gathered.revision);
  const resolved = resolveSubject(given, gathered, tools.actions, now, tools.veil);
  const home = await homes(tools, resolved, now, check);
  const asItself = subject.assumedRole === null;
  const ofCall = asItself ? withSourceOrganization(subject.principal, context, gathered) : context;
  const way = throughEndpoint(subject.principal, ofCall, gathered);
  const request: RequestFacts = { ...way, now, authority: 'directory', assumes: assumeContextKeys };
  const own = collecting(resolved.own, request, homeOf(resolved.own, home), tools.veil?.asItself);
  const ofOwn = { facts: resolved.own.facts, builder: own };
  const inRole = resolved.role === null || resolved.acting === null ? null : resolved.acting;
  const role = inRole === null ? null : collecting(inRole, request, homeOf(inRole, home), tools.veil?.inRole);
  const ofRole = role === null || inRole === null ? [] : [{ facts: inRole.facts, builder: role }];
  const bearers = await addBearers(tools, [ofOwn, ...ofRole], now, check);
  const gaps = [...resolved.gaps, ...bearers.gaps, ...endpointGaps(subject.principal, context, gathered)];
  const shared = { tools, context, assumeContextKeys, now, owners: bearers.owners, gaps, revision: gathered.revision };
  const ownPermissions = new EffectivePermissions({
    ...shared,
    subject: asItself ? subject : { ...subject, assumedRole: null, session: null },
    form: own.build(neverAllowed(catalog, resolved.own, subject.heldKeySession ?? null)),
    home: accountOf(resolved.own),
    known: knownServices(accountOf(resolved.own), home),
    assumption: null,
    suspended: null,
  });
  if (asItself) return ownPermissions;
  return new EffectivePermissions({
    ...shared,
    subject,
    form: role === null || inRole === null ? null : role.build(neverAllowed(catalog, inRole, null)),
    home: inRole === null ? null : accountOf(inRole),
    known: knownServices(inRole === null ? null : accountOf(inRole), home),
    assumption: assumptionOf(tools, subject, resolved, shared),
    suspended: ownPermissions,
  });
}

/** The decision on assuming the role of `subject`, as an answer to whoever may ask about the subject. */
function assumptionOf(
  { actions }: DecideTools,
  subject: Subject,
  { assumption, ...resolved }: ResolvedSubject,
  { context, revision }: { readonly context: RequestContext; readonly revision: Revision },
): Answer | null {
  const { assumedRole } = subject;
  if (assumption === null || assumedRole === null) return null;
  return {
    question: {
      subject: { ...subject, assumedRole: null, session: null },
      action: actions.assumeRole.name,
      resource: assumedRole,
      resourceAccount: null,
      context,
      path: '',
    },
    decision: assumption,
    onAssumption: true,
    gaps: telling(resolved, assumption, OF_BOTH),
    revision,
  };
}

/** Collects what decides for a principal, as whoever asks may see it. `seen` left out: as it is. */
function collecting(
  principal: PreparedPrincipal,
  request: RequestFacts,
  home: PreparedResource | null,
  seen: PolicyReading | undefined,
): Pick<ClosedFormBuilder, 'add' | 'build'> {
  if (seen === undefined) return new ClosedFormBuilder(principal, request, home);
  const builder = new ClosedFormBuilder(principal, seen.request(request), home === null ? null : seen.resource(home));
  return {
    add: (resource, governed) => {
      const read = seen.resource(resource);
      return builder.add(read, governed, read.facts.policy === resource.facts.policy);
    },
    build: (never) => builder.build(never),
  };
}
