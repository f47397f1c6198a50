import { signal } from '@preact/signals';
import { type AnyVariables, Client, fetchExchange, type TypedDocumentNode } from '@urql/core';

/** Why a question has no answer, in a sentence for people. */
export interface Failure {
  /** `signedOut`: nobody is signed in any more. `lost`: the gateway does not answer. `refused`: an answer that says no. */
  readonly kind: 'signedOut' | 'lost' | 'refused';
  readonly sentence: string;
  /** The fields that were kept back, by their names; empty: the whole answer was. */
  readonly fields: readonly string[];
}

/** What the gateway said: the answer, or the part of it that there is; and what stands in the way of the rest. */
export interface Answered<Data> {
  readonly data: Data | null;
  readonly failure: Failure | null;
}

/** Whether the gateway answered the last question. */
export const gatewayAnswers = signal(true);

/** Told when an answer says that nobody is signed in. */
let onSignedOut: () => void = () => undefined;

export function whenSignedOut(then: () => void): void {
  onSignedOut = then;
}

/** Answers are those of this moment: nothing is kept, because permissions change. */
const client = new Client({
  url: '/graphql',
  exchanges: [fetchExchange],
  requestPolicy: 'network-only',
  preferGetMethod: false,
  fetchOptions: {
    credentials: 'same-origin',
    // What the client asks for by itself would be answered as a stream of events.
    headers: { accept: 'application/graphql-response+json, application/json' },
  },
});

/** The kind of operations that change something. */
const MUTATION: ReadonlySet<string> = new Set(['mutation']);

/** Asks the gateway. It never throws: what fails is a sentence. */
export async function ask<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Answered<Data>> {
  const isMutation = document.definitions.some((one) => 'operation' in one && MUTATION.has(one.operation));
  const request = isMutation ? client.mutation(document, variables) : client.query(document, variables);
  const { data, error } = await request.toPromise();
  const lost = error?.networkError !== undefined && error.graphQLErrors.length === 0;
  gatewayAnswers.value = !lost;
  if (error === undefined) return { data: data ?? null, failure: null };
  if (lost) return { data: null, failure: LOST };
  const first = error.graphQLErrors[0];
  if (error.graphQLErrors.some(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')) {
    onSignedOut();
    return { data: null, failure: SIGNED_OUT };
  }
  const fields = error.graphQLErrors.flatMap(
    ({ path }) => path?.filter((step) => typeof step === 'string').slice(-1) ?? [],
  );
  const sentence = first?.message ?? 'The gateway refused it.';
  return { data: data ?? null, failure: { kind: 'refused', sentence, fields } };
}

const LOST: Failure = {
  kind: 'lost',
  sentence: 'The gateway does not answer. Look whether it is running, then try again.',
  fields: [],
};

const SIGNED_OUT: Failure = {
  kind: 'signedOut',
  sentence: 'Your sign-in has ended. Sign in again to go on.',
  fields: [],
};
