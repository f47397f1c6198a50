import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = 'gateway.json';

/** The address of a running gateway, for the command line. */
export interface GatewayAddress {
  readonly url: string;
  readonly pid: number;
  /** The certificate (PEM) that it shows; null: it speaks plain HTTP. */
  readonly certificate: string | null;
}

/** Writes it into the data folder, whole or not at all. */
export async function writeAddress(dataDir: string, address: GatewayAddress): Promise<void> {
  const path = join(dataDir, NAME);
  // Gateways in containers that share a folder have one number.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(draft, path);
}

/** Null: there is no such file. A killed gateway leaves its file behind, so the address is only one to try. */
export async function readAddress(dataDir: string): Promise<GatewayAddress | null> {
  try {
    const value: unknown = JSON.parse(await readFile(join(dataDir, NAME), 'utf8'));
    if (typeof value !== 'object' || value === null || !('url' in value) || !('pid' in value)) return null;
    if (typeof value.url !== 'string' || typeof value.pid !== 'number') return null;
    const certificate = 'certificate' in value && typeof value.certificate === 'string' ? value.certificate : null;
    return { url: value.url, pid: value.pid, certificate };
  } catch {
    return null;
  }
}

export async function removeAddress(dataDir: string): Promise<void> {
  const address = await readAddress(dataDir);
  if (address?.pid === process.pid) await rm(join(dataDir, NAME), { force: true });
}
