import { counted } from '../terminal.ts';
import { principalIn } from './can.ts';
import { gapLines, memberOf, moreLine, named, tableOfNames } from './lines.ts';
import type { Part, Question } from './question.ts';
import { TERM, type Term, termCells } from './terms.ts';
import { contextOf, exactly } from './words.ts';

export const EFFECTIVE_OPTIONS = {
  role: { type: 'string' },
  service: { type: 'string', multiple: true },
  context: { type: 'string', multiple: true },
} as const;

const ASKED = 'principal: $principal, assumedRole: $role, context: $context';
const SUMMARY = `query Effective($principal: PrincipalId!, $role: Arn, $context: RequestContext) {
  effectivePermissions(${ASKED}) {
    principal { principalId } assumedRole { arn } revision gaps partial
    summary { service serviceName allowedActions totalActions accessLevels }
  }
}`;
const PERMISSIONS = `query EffectiveActions(
  $principal: PrincipalId!, $role: Arn, $context: RequestContext, $filter: PermissionFilterInput, $first: Int, $after: String
) {
  effectivePermissions(${ASKED}) {
    principal { principalId } assumedRole { arn } revision gaps partial
    permissions(filter: $filter, first: $first, after: $after) {
      totalCount
      nodes { action accessLevel allow ${TERM} deny ${TERM} }
      pageInfo { endCursor hasNextPage }
    }
  }
}`;

interface Effective {
  readonly principal: unknown;
  readonly assumedRole: { readonly arn: string } | null;
  readonly gaps: readonly string[];
  readonly partial: readonly string[];
  readonly summary?: readonly Service[];
  readonly permissions?: { readonly totalCount: number; readonly nodes: readonly Permission[] };
}

interface Service {
  readonly service: string;
  readonly serviceName: string | null;
  readonly allowedActions: number;
  readonly totalActions: number;
  readonly accessLevels: readonly string[];
}

interface Permission {
  readonly action: string;
  readonly accessLevel: string;
  readonly allow: readonly Term[];
  readonly deny: readonly Term[];
}

/** `rolegate effective PRINCIPAL`: how many actions of each service; of services that are named, each action. */
export function effective(
  words: readonly string[],
  values: {
    readonly role?: string | undefined;
    readonly service?: string[] | undefined;
    readonly context?: string[] | undefined;
  },
): Question {
  const [principal] = exactly('effective', ['PRINCIPAL'], words);
  const services = values.service ?? [];
  const variables = { principal, role: values.role ?? null, context: contextOf(values.context) };
  const isSummary = services.length === 0;
  return {
    document: isSummary ? SUMMARY : PERMISSIONS,
    variables: isSummary ? variables : { ...variables, filter: { services } },
    pages: isSummary ? null : ['effectivePermissions', 'permissions'],
    printer: () => {
      const table = tableOfNames();
      return (data, part) => {
        // as: the answer to one of the queries above, by a gateway that knows all of its fields
        const answer = memberOf(data, 'effectivePermissions') as unknown as Effective;
        const { summary, permissions } = answer;
        const rows =
          summary === undefined ? (permissions?.nodes ?? []).flatMap(permissionRows) : summary.map(serviceRow);
        return `${part.isFirst ? head(answer) : ''}${table.lines(rows)}${tail(answer, part)}`;
      };
    },
  };
}

function head({ principal, assumedRole, summary, permissions }: Effective): string {
  const who = `${named(principalIn(principal))}${assumedRole === null ? '' : ` in ${named(assumedRole.arn)}`}`;
  const sum = (summary ?? []).reduce((count, { allowedActions }) => count + allowedActions, 0);
  const services = summary === undefined ? '' : ` of ${counted(summary.length, 'service', 'services')}`;
  return `${who} may do ${counted(permissions?.totalCount ?? sum, 'action', 'actions')}${services}\n`;
}

function tail({ partial, gaps }: Effective, part: Part): string {
  if (!part.isLast) return '';
  const left = partial.map((action) => `too much to list: ${named(action)}\n`).join('');
  return `${moreLine(part)}${left}${gapLines(gaps)}`;
}

function serviceRow({ service, serviceName, allowedActions, totalActions, accessLevels }: Service): readonly string[] {
  return [service, `${allowedActions}/${totalActions}`, accessLevels.join(' ').toLowerCase(), serviceName ?? ''];
}

/** One row for each term; the first has the action. */
function permissionRows({ action, accessLevel, allow, deny }: Permission): readonly (readonly string[])[] {
  const terms = [
    ...allow.map((term) => ['on', ...termCells(term)]),
    ...deny.map((term) => ['except', ...termCells(term)]),
  ];
  return terms.map((cells, i) => [...(i === 0 ? [action, accessLevel.toLowerCase()] : ['', '']), ...cells]);
}
