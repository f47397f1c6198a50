import { UsageError } from '../usage-error.ts';
import { named, tableOfNames } from './lines.ts';
import type { Question } from './question.ts';
import { exactly } from './words.ts';

export const ROUTES_OPTIONS = { need: { type: 'string', multiple: true } } as const;

const DOCUMENT = `query Routes($principal: PrincipalId!, $needs: [NeedInput!]!) {
  accessRoutes(principal: $principal, needs: $needs) {
    kind meetsAll
    roles { arn }
    decisions { action resource allowed deniedBy reason matchedStatements { layer policy policyName index } }
    givesUp { action resource }
  }
}`;

interface Route {
  readonly meetsAll: boolean;
  readonly roles: readonly { readonly arn: string }[];
  readonly decisions: readonly Decision[];
  readonly givesUp: readonly { readonly action: string; readonly resource: string }[];
}

interface Decision {
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  readonly deniedBy: string | null;
  readonly matchedStatements: readonly { readonly layer: string }[];
}

/** What a need looks like behind PRINCIPAL. */
const NEED = /^[A-Za-z0-9-]+:[A-Za-z0-9]+=/;
/** Layers that grant. */
const GRANTING: Readonly<Record<string, string>> = {
  IDENTITY_POLICY: 'its own policies',
  RESOURCE_POLICY: 'the policy of the resource',
  KMS_GRANT: 'a grant of the key',
};

/** `rolegate routes PRINCIPAL --need ACTION=RESOURCE…`: as itself and in each role, which of the needs it meets. */
export function routes(words: readonly string[], values: { readonly need?: string[] | undefined }): Question {
  // Several needs may follow one --need.
  const [principal] = exactly(
    'routes',
    ['PRINCIPAL'],
    words.filter((word) => !NEED.test(word)),
  );
  const needs = [...(values.need ?? []), ...words.filter((word) => NEED.test(word))].map(needOf);
  if (needs.length === 0) throw new UsageError('`rolegate routes` needs --need ACTION=RESOURCE');
  return {
    document: DOCUMENT,
    variables: { principal, needs },
    pages: null,
    printer: () => (data) => {
      // as: the answer to the query above, by a gateway that knows all of its fields
      const found = (data['accessRoutes'] ?? []) as readonly Route[];
      return found.map(routeLines).join('');
    },
  };
}

function needOf(text: string) {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1)
    throw new UsageError('--need is ACTION=RESOURCE, and is given once for each need');
  return { action: text.slice(0, at), resource: text.slice(at + 1) };
}

function routeLines({ meetsAll, roles, decisions, givesUp }: Route): string {
  const met = decisions.filter(({ allowed }) => allowed).length;
  const who = roles.length === 0 ? 'as itself' : `in ${roles.map(({ arn }) => named(arn)).join(', then ')}`;
  const rows = decisions.map(({ action, resource, allowed, deniedBy, matchedStatements }) => [
    `  ${allowed ? 'yes' : 'no'}`,
    action,
    resource,
    allowed ? `by ${grantedBy(matchedStatements)}` : `denied: ${(deniedBy ?? 'by AWS itself').toLowerCase()}`,
  ]);
  const lost = givesUp.map(({ action, resource }) => `  gives up ${named(action)} on ${named(resource)}\n`).join('');
  const all = meetsAll ? 'everything' : `${met} of ${decisions.length}`;
  return `${who}: ${all}\n${tableOfNames().lines(rows)}${lost}`;
}

function grantedBy(statements: Decision['matchedStatements']): string {
  const layers = new Set(statements.flatMap(({ layer }) => GRANTING[layer] ?? []));
  return layers.size === 0 ? 'policies that you may not read' : [...layers].join(' and ');
}
