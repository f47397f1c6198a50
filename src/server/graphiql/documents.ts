import { getIntrospectionQuery, stripIgnoredCharacters } from 'graphql';
import { demoTabs } from './demo-tabs.ts';
import { INTROSPECTION } from './page.ts';
import { WELCOME_TABS } from './welcome-tab.ts';

/** What the bar asks, by the name that its script has for it. */
export const BAR_DOCUMENTS = {
  WHO: '{ viewer { kind principal { principalId } roleSession { role { arn } expiresAt } restoresTo { principalId } } }',
  SIGN_IN:
    'mutation SignIn($input: SignInInput!) { signIn(input: $input) { __typename ... on UserError { message } } }',
  SIGN_OUT: 'mutation SignOut { signOut { __typename ... on UserError { message } } }',
  EXIT_ROLE: 'mutation LeaveRole { exitRole { __typename ... on UserError { message } } }',
} as const;

/** The texts of all documents that GraphiQL sends as it is opened: those of the bar, of the tabs, and introspection. */
export function graphiqlDocuments(): readonly string[] {
  const sent = [getIntrospectionQuery(INTROSPECTION), ...[...demoTabs, ...WELCOME_TABS].map(({ query }) => query)];
  // GraphiQL sends them without what means nothing; the bar does not.
  return [...Object.values(BAR_DOCUMENTS), ...sent.map((text) => stripIgnoredCharacters(text))];
}
