import { createPrivateKey, X509Certificate } from 'node:crypto';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';

/** Files of a certificate, with the chain that leads to it, and of its private key. Absolute paths, PEM. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** What they hold. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A file of a certificate that cannot be used; the message says which and why, and never what a key is. */
export class CertificateError extends Error {}

/** Throws CertificateError. */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const cert = await text('TLS_CERT_FILE', files.certificate);
  const key = await text('TLS_KEY_FILE', files.key);
  const leaf = attempt(
    () => new X509Certificate(cert),
    `TLS_CERT_FILE: ${files.certificate} holds no certificate in PEM`,
  );
  const secret = attempt(
    () => createPrivateKey(key),
    `TLS_KEY_FILE: ${files.key} holds no private key in PEM without a passphrase`,
  );
  if (!leaf.checkPrivateKey(secret))
    throw new CertificateError(`TLS_KEY_FILE: ${files.key} is not the key of the certificate in ${files.certificate}`);
  if (Date.parse(leaf.validTo) < Date.now())
    throw new CertificateError(
      `TLS_CERT_FILE: the certificate in ${files.certificate} was valid until ${leaf.validTo}`,
    );
  attempt(
    () => createSecureContext({ cert, key }),
    `TLS_CERT_FILE: the certificate in ${files.certificate} is refused by OpenSSL`,
  );
  return { cert, key };
}

function attempt<T>(make: () => T, otherwise: string): T {
  try {
    return make();
  } catch {
    throw new CertificateError(otherwise);
  }
}

async function text(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CertificateError(
      `${name}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`,
    );
  }
}

/** How often the files are looked at. Links that are replaced, as Kubernetes does, are seen too. Milliseconds. */
const INTERVAL = 2_000;

/**
 * Calls `changed` when one of the files was written or replaced. Answers how to stop. The two are written one after the
 * other: `changed` may find that they do not belong together, and is called again for the second.
 */
export function watchCertificate(
  files: CertificateFiles,
  changed: () => void,
  interval: number = INTERVAL,
): () => void {
  const paths = [files.certificate, files.key];
  for (const path of paths) watchFile(path, { interval, persistent: false }, changed);
  return () => {
    for (const path of paths) unwatchFile(path, changed);
  };
}
