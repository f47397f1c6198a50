import { consoleDocuments } from '../console/assets.ts';
import { graphiqlDocuments } from '../graphiql/documents.ts';

/** Documents that the gateway's own pages send, the console and GraphiQL: they are known, as those of the operator are. */
export async function ownDocuments(): Promise<readonly string[]> {
  return [...(await consoleDocuments()), ...graphiqlDocuments()];
}
