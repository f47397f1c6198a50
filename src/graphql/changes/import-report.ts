import type { CountedKind, ImportCounts } from '../../directory/directory.ts';
import type { RecognisedForm as Recognised } from '../../importing/summary.ts';
import { brand } from '../brand.ts';
import { builder } from '../builder.ts';
import { Account } from '../entities/account.ts';
import { AccountKnowledge, type Knowledge } from '../entities/knowledge.ts';

/** Called as the lists of a document are. */
const KINDS = {
  ORGANIZATIONS: { value: 'organizations', description: 'The organization itself' },
  ORGANIZATIONAL_UNITS: { value: 'organizationalUnits', description: 'Roots and organizational units' },
  CONTROL_POLICIES: { value: 'controlPolicies', description: 'Service and resource control policies' },
  DELEGATED_ADMINISTRATORS: { value: 'delegatedAdministrators', description: 'Delegated administrators' },
  ACCOUNTS: { value: 'accounts', description: 'The account itself' },
  KNOWLEDGE: { value: 'knowledge', description: 'Layers of what is known' },
  POLICIES: { value: 'policies', description: 'Managed policies' },
  GROUPS: { value: 'groups', description: 'Groups' },
  USERS: { value: 'users', description: 'Users' },
  ROLES: { value: 'roles', description: 'Roles' },
  INSTANCE_PROFILES: { value: 'instanceProfiles', description: 'Instance profiles' },
  OIDC_PROVIDERS: { value: 'oidcProviders', description: 'OpenID Connect providers' },
  RESOURCES: { value: 'resources', description: 'Resources' },
  VPC_ENDPOINTS: { value: 'vpcEndpoints', description: 'VPC endpoints' },
  SERVICES: { value: 'services', description: 'Services of applications' },
  ACCESS_KEYS: { value: 'accessKeys', description: 'Access keys' },
} as const satisfies Record<string, { readonly value: CountedKind; readonly description: string }>;

const ImportedKind = builder.enumType('ImportedKind', {
  description: 'Kinds of what an import brings in',
  values: KINDS,
});

export const ImportCount = builder.objectRef<ImportCounts>('ImportCount').implement({
  description: 'What became of everything of one kind. The directory changed if something was new, changed or gone',
  fields: (t) => ({
    kind: t.field({ type: ImportedKind, description: 'The kind', resolve: ({ kind }) => kind }),
    new: t.exposeInt('new', { description: 'How many were not in the directory before' }),
    changed: t.exposeInt('changed', { description: 'How many were there and are different now' }),
    unchanged: t.exposeInt('unchanged', { description: 'How many were there already as they are' }),
    gone: t.exposeInt('gone', {
      description: 'How many were removed: a list that is known to be whole does not contain them any more',
    }),
  }),
});

/** An account of an import. */
export interface AccountReport {
  readonly id: string;
  readonly counts: readonly ImportCounts[];
  readonly knowledge: readonly Knowledge[];
}

export const ImportedAccount = builder.objectRef<AccountReport>('ImportedAccount').implement({
  description: 'What an import did to one account',
  fields: (t) => ({
    account: t.field({ type: Account, description: 'The account', resolve: ({ id }) => brand({ id }, 'Account') }),
    counts: t.field({
      type: [ImportCount],
      description: 'What became of what it owns, for each kind of which the files say something',
      resolve: ({ counts }) => [...counts],
    }),
    knowledge: t.field({
      type: [AccountKnowledge],
      description: 'What is known of its policies from now on, for each layer of which the files say something',
      resolve: ({ knowledge }) => [...knowledge],
    }),
  }),
});

/** An organization of an import. */
export interface OrganizationReport {
  readonly id: string;
  readonly counts: readonly ImportCounts[];
}

export const ImportedOrganization = builder.objectRef<OrganizationReport>('ImportedOrganization').implement({
  description: 'What an import did to one organization',
  fields: (t) => ({
    organizationId: t.exposeString('id', { description: 'The organization (o-…)' }),
    counts: t.field({
      type: [ImportCount],
      description: 'What became of its units, control policies and delegated administrators',
      resolve: ({ counts }) => [...counts],
    }),
  }),
});

export const RecognisedForm = builder.objectRef<Recognised>('RecognisedForm').implement({
  description: 'Files of one form that was recognised',
  fields: (t) => ({
    form: t.exposeString('form', { description: 'The form, e.g. `answer of organizations list-roots`' }),
    count: t.exposeInt('count', { description: 'Number of files' }),
    files: t.stringList({
      description: 'Their names. Of more than 10,000 recognised files only the first are named',
      resolve: ({ files }) => [...files],
    }),
  }),
});

export const UnrecognisedFile = builder
  .objectRef<{ readonly file: string; readonly what: string }>('UnrecognisedFile')
  .implement({
    description: 'A file that no form recognises. It is left alone',
    fields: (t) => ({
      file: t.exposeString('file', { description: 'Its name' }),
      what: t.exposeString('what', { description: 'What it looks like, or why it is not read' }),
    }),
  });

export const ImportNote = builder
  .objectRef<{ readonly file: string; readonly place: string; readonly message: string }>('ImportNote')
  .implement({
    description: 'Something in a file that is not understood, or that keeps what the file says from being stored',
    fields: (t) => ({
      file: t.exposeString('file', { description: 'Name of the file' }),
      place: t.exposeString('place', { description: 'Where in the file, e.g. `role App`; empty: the file as a whole' }),
      message: t.exposeString('message', { description: 'What is wrong, and what follows from it' }),
    }),
  });
