import { BlockList, isIP } from 'node:net';
import { readAddress } from '../../server/address-file.ts';
import { CommandFailed } from '../failure.ts';
import { UsageError } from '../usage-error.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether a host, as URLs and the header `Host` write it, can only be this machine. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === 'localhost') return true;
  const version = isIP(bare);
  return version !== 0 && LOOPBACK.check(bare, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The address of the gateway, without `/graphql`: the one given (`--url`, or ROLEGATE_URL), else of the gateway that has left
 * its own in the data folder. Throws UsageError if the given one is none, CommandFailed if nothing is known.
 */
export async function gatewayAddress(
  given: string | null,
  env: Readonly<Record<string, string | undefined>>,
  dataDir: () => string,
): Promise<string> {
  if (given !== null) return checked('--url', given);
  const fromEnvironment = env['ROLEGATE_URL'] ?? '';
  if (fromEnvironment !== '') return checked('ROLEGATE_URL', fromEnvironment);
  const folder = dataDir();
  const address = await readAddress(folder);
  if (address !== null) return address.url;
  throw new CommandFailed(
    `which gateway? None has left its address in ${folder}: give it in --url or ROLEGATE_URL, such as http://127.0.0.1:4000`,
  );
}

/** The text is not repeated: it may hold a password. */
function checked(name: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.search !== '' || url.hash !== '') {
    throw new UsageError(`${name} is the address of a gateway, such as http://127.0.0.1:4000`);
  }
  if (url.username !== '' || url.password !== '') throw new UsageError(`${name} takes no name and password`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new UsageError(`${name} has to begin with https:// unless the gateway is on this machine: keys go over it`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(/\/graphql$/, '')}`;
}
