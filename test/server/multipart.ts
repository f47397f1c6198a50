import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { TestGateway } from '../support/gateway.ts';

/** Between the parts. */
export const BOUNDARY = 'rolegate-test-boundary';
export const IMPORT = `mutation ($input: ImportDirectoryInput!) {
  importDirectory(input: $input) {
    __typename
    ... on ImportDirectorySuccess { changed recognised { form count files } leftOut accounts { account { accountId } } }
    ... on UserError { message }
  }
}`;

/** A part of a multipart request. */
export interface Part {
  readonly name: string;
  readonly content: string | Buffer;
  readonly filename?: string;
}

/** The body of a multipart request. */
export function bodyOf(parts: readonly Part[], end = `--${BOUNDARY}--\r\n`): Buffer {
  const encoded = parts.map(({ name, content, filename }) =>
    Buffer.concat([
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...encoded, Buffer.from(end)]);
}

/** An import of files, each a part. */
export function importOf(
  files: readonly (readonly [name: string, content: string | Buffer])[],
  query = IMPORT,
): readonly Part[] {
  const variables = { input: { files: files.map(([name]) => ({ name, upload: null })) } };
  const map = Object.fromEntries(files.map((_, index) => [`f${index}`, [`variables.input.files.${index}.upload`]]));
  return [
    { name: 'operations', content: JSON.stringify({ query, variables }) },
    { name: 'map', content: JSON.stringify(map) },
    ...files.map(([, content], index) => ({ name: `f${index}`, content, filename: '../../evil.json' })),
  ];
}

/** The authorization details of an account with one user. */
export function details(name: string): string {
  const user = {
    UserName: name,
    Arn: `arn:aws:iam::777777777777:user/${name}`,
    Path: '/',
    UserId: `AIDA${name.toUpperCase().padEnd(17, 'A')}`,
    CreateDate: '2024-01-01T00:00:00+00:00',
    GroupList: [],
    AttachedManagedPolicies: [],
    Tags: [],
  };
  return JSON.stringify({ UserDetailList: [user] });
}

/** Sends a multipart request. */
export async function sendParts(
  gateway: TestGateway,
  body: Buffer,
  headers: Readonly<Record<string, string>> = { authorization: gateway.as.operator },
) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}`, ...headers },
    body: new Uint8Array(body),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** The folders of uploads that are there. */
export async function uploadsOf(gateway: TestGateway): Promise<readonly string[]> {
  const root = join(gateway.settings.dataDir, 'uploads');
  return existsSync(root) ? readdir(root) : [];
}

/** Whatever becomes of a request, its files are removed. */
export async function noUploads(gateway: TestGateway): Promise<void> {
  await vi.waitFor(
    async () => {
      if ((await uploadsOf(gateway)).length > 0) throw new Error('files are left behind');
    },
    { timeout: 5000 },
  );
}
