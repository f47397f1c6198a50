import type { RequestListener } from 'node:http';
import type { SharedUsage } from '../guard/usage.ts';
import { removeAddress, writeAddress } from './address-file.ts';
import { type Certificate, type CertificateFiles, readCertificate, watchCertificate } from './certificate.ts';
import { listen } from './http-server.ts';
import type { Log } from './log.ts';
import { inNetworks } from './networks.ts';
import type { Settings } from './settings.ts';

/** The gateway's listening: on its address, with its certificate, and known to the command line. */
export interface Listening {
  /** http://host:port, or https://host:port */
  readonly url: string;
  /** Leaves the address in the data folder, for the command line. */
  announce(): Promise<void>;
  /** Takes no more connections, lets running requests finish, and takes the address away. */
  stop(): Promise<void>;
}

/** Begins to listen. Rejects with node's own error (EADDRINUSE …) or CertificateError. `usage`: what other processes of the port use. */
export async function listenAsSet(
  { host, port, dataDir, tls, keepAliveSeconds, limits, trustedProxies }: Settings,
  router: RequestListener,
  log: Log,
  usage: SharedUsage | null = null,
): Promise<Listening> {
  let certificate = tls === null ? null : await readCertificate(tls);
  const server = await listen(host, port, router, {
    keepAliveTimeout: keepAliveSeconds * 1000,
    ...(limits.connections !== Infinity && { maxConnections: limits.connections }),
    maxConnectionsPerAddress: limits.connectionsPerAddress,
    ...(usage !== null && { usage }),
    isUncounted: inNetworks(trustedProxies),
    ...(certificate !== null && { certificate }),
  });
  let announced = false;
  const announce = async (): Promise<void> => {
    announced = true;
    await writeAddress(dataDir, { url: server.url, pid: process.pid, certificate: certificate?.cert ?? null });
  };
  const renew = async (renewed: Certificate): Promise<void> => {
    server.replaceCertificate(renewed);
    certificate = renewed;
    if (announced) await announce();
  };
  const stopWatching = tls === null ? null : renewCertificate(tls, renew, log);
  const stop = async (): Promise<void> => {
    announced = false;
    stopWatching?.();
    await removeAddress(dataDir);
    await server.stop();
  };
  return { url: server.url, announce, stop };
}

/** Uses what is written into the files from now on. What cannot be used is logged, and the last that could stays. */
function renewCertificate(
  files: CertificateFiles,
  use: (certificate: Certificate) => Promise<void>,
  log: Log,
): () => void {
  return watchCertificate(files, () => {
    readCertificate(files)
      .then(use)
      .then(
        () => log.warn({ certificate: files.certificate }, 'a new certificate is in use'),
        (err: unknown) => log.error({ err }, 'the new certificate cannot be used; the one before stays in use'),
      );
  });
}
