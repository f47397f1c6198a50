/** Somebody of the demo organization who can sign in. */
export interface Person {
  readonly name: string;
  readonly accessKeyId: string;
}

interface Facts {
  readonly people: readonly Person[];
  readonly graphiql: boolean;
}

/** What the gateway wrote into the page. */
export const facts: Facts = {
  people: [],
  graphiql: false,
  ...JSON.parse(document.getElementById('facts')?.textContent ?? '{}'),
};
