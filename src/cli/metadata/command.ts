import { instantText, takeCredentials } from '../credentials/assume.ts';
import { gatewayFor, type Surroundings } from '../credentials/command.ts';
import { askGateway, type Gateway } from '../credentials/gateway.ts';
import { exportsFor } from '../credentials/shells.ts';
import { CommandFailed } from '../failure.ts';
import { isObject } from '../gateway-answer.ts';
import { plain } from '../plain.ts';
import type { Terminal } from '../terminal.ts';
import type { MetadataCommand } from './arguments.ts';
import { CONTAINER_PATH } from './container.ts';
import { type Endpoint, serveEndpoint } from './endpoint.ts';
import { ImdsTokens } from './imds-tokens.ts';
import { KeptCredentials } from './kept-credentials.ts';
import { type TokenFile, writeTokenFile } from './token-file.ts';

/** How long the gateway has to give credentials. Milliseconds. */
const PATIENCE = 10_000;

/**
 * `rolegate metadata`: takes the role's credentials as the service, and serves them to one workload until `stopped`. What it
 * cannot do at its start it throws as CommandFailed or UsageError; later failures are said, and answered to who asks.
 */
export async function serveMetadata(
  command: MetadataCommand,
  around: Surroundings,
  terminal: Terminal,
  stopped: Promise<void>,
): Promise<void> {
  await checkService(await gatewayFor(command, around), command.service);
  // Each time the key and the address are read anew: both can change while the workload runs.
  const take = async () => takeCredentials(await gatewayFor(command, around), command.assumption, PATIENCE);
  const credentials = new KeptCredentials(await take(), take, (error, kept) => {
    const until = kept === null ? 'there are none' : `those from before end at ${instantText(kept.expiration)}`;
    terminal.error(`rolegate: no new credentials: ${sentenceOf(error)}; ${until}\n`);
  });
  const tokenFile = await writeTokenFile(command.tokenFile);
  try {
    const server = await serveEndpoint(
      endpointOf(command, tokenFile, credentials, terminal),
      command.port,
      command.ipv6,
    );
    terminal.out(announcement(command, server.url, tokenFile.path));
    await stopped;
    await server.stop();
  } finally {
    await tokenFile.remove();
  }
}

function endpointOf(
  { instanceMetadata }: MetadataCommand,
  { token }: TokenFile,
  credentials: KeptCredentials,
  terminal: Terminal,
): Endpoint {
  return {
    token,
    credentials,
    instanceMetadata: instanceMetadata && { ...instanceMetadata, tokens: new ImdsTokens(), clock: () => Date.now() },
    unexpected: (error) => terminal.error(`rolegate: ${sentenceOf(error)}\n`),
  };
}

/** With another principal's key the role would be taken as somebody else, or with a sentence that does not say so. */
async function checkService(gateway: Gateway, service: string): Promise<void> {
  const { viewer } = await askGateway(gateway, '{ viewer { principal { principalId } } }', {}, PATIENCE);
  const principal = isObject(viewer) && isObject(viewer['principal']) ? viewer['principal']['principalId'] : null;
  if (principal === service) return;
  throw new CommandFailed(
    `the key is of ${plain(String(principal))}, not of ${service}: \`rolegate access-key create ${service}\` makes one`,
  );
}

function announcement({ subject, instanceMetadata }: MetadataCommand, url: string, tokenFile: string): string {
  const container = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url + CONTAINER_PATH,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
  };
  const text = `serving ${subject}, until stopped. Give one workload these variables:\n${exportsFor('posix', container)}`;
  if (instanceMetadata === null) return text;
  return `${text}or this one, as on an instance. No secret is asked for there: every user of this machine can take the role:
${exportsFor('posix', { AWS_EC2_METADATA_SERVICE_ENDPOINT: `${url}/` })}`;
}

function sentenceOf(error: unknown): string {
  if (error instanceof CommandFailed) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
