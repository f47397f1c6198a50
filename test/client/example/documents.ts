import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRolegate } from '../../../src/client/index.ts';

/** The application stores its documents, and Rolegate the policies: neither copies what the other has. */
const DOCUMENTS = [
  { id: '1', owner: 'alice', team: 'red', text: 'The plan' },
  { id: '2', owner: 'bob', team: 'blue', text: 'The budget' },
  { id: '3', owner: 'carol', team: 'red', text: 'The minutes' },
];

/** The owner of a document is in its ARN; its tags are condition keys of the request. */
function reading(user: string, { id, owner, team }: (typeof DOCUMENTS)[number]) {
  return {
    principal: `arn:aws:iam::111111111111:user/${user}`,
    action: 'documents:ReadDocument',
    resource: `arn:aws:documents:eu-west-1:111111111111:document/${owner}/${id}`,
    context: { 'aws:ResourceTag/team': team },
  };
}

/** GET /documents lists what the user may read; GET /documents/ID is one. Who the user is, something in front has found out. */
export function documents(url: string, token: string): Server {
  const rolegate = createRolegate({ url, token });
  const answer = async (user: string, path: string): Promise<string | null> => {
    if (path === '/documents') {
      const verdicts = await rolegate.decideAll(DOCUMENTS.map((document) => reading(user, document)));
      const readable = DOCUMENTS.filter((_document, index) => verdicts[index]?.allowed);
      return JSON.stringify(readable.map(({ id }) => id));
    }
    const document = DOCUMENTS.find(({ id }) => path === `/documents/${id}`);
    // What is not there and what may not be read look the same.
    return document !== undefined && (await rolegate.decide(reading(user, document))).allowed ? document.text : null;
  };
  const serve = async ({ headers, url: path = '' }: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = await answer(String(headers['x-user']), path);
    response.statusCode = text === null ? 404 : 200;
    response.end(text ?? 'Not found');
  };
  return createServer((request, response) => void serve(request, response));
}
