/** What a gateway cannot beat: node:http with JSON.parse alone, graphql-js on it, and stock Yoga, all with a constant answer. */
import { createServer, type RequestListener } from 'node:http';
import { buildSchema, execute, parse } from 'graphql';
import { createSchema, createYoga } from 'graphql-yoga';
import { serveMeasurements } from '../server-cost.ts';

const [kind] = process.argv.slice(2);
const ANSWER = JSON.stringify({ data: { __typename: 'Query' } });

function reading(answer: (body: { readonly query: string }) => string): RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = answer(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(text),
      });
      response.end(text);
    });
  };
}

function listener(): RequestListener {
  if (kind === 'bare') return reading(() => ANSWER);
  const typeDefs = 'type Query { hello: String }';
  if (kind === 'yoga') {
    const yoga = createYoga({ schema: createSchema({ typeDefs }), logging: false });
    return (request, response) => void yoga(request, response);
  }
  const schema = buildSchema(typeDefs);
  const documents = new Map<string, ReturnType<typeof parse>>();
  return reading(({ query }) => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    return JSON.stringify(execute({ schema, document }));
  });
}

const server = createServer(listener());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  serveMeasurements({ url: `http://127.0.0.1:${port}` }, async () => {
    server.closeAllConnections();
    server.close();
  });
});
