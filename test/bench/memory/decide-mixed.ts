import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { OrganizationSize } from './organization.ts';

/** What a process that decides about everybody has taken. Bytes, and seconds of CPU. */
export interface Taken {
  /** Resident after the first batch. */
  readonly base: number;
  readonly peak: number;
  /** In use at the end. */
  readonly heap: number;
  readonly cpu: number;
  /** Decisions that allowed. */
  readonly allowed: number;
}

interface Asked {
  /** A database that holds the organization. */
  readonly url: string;
  /** Bytes for what is kept in memory. */
  readonly setting: number;
  readonly questions: number;
  readonly size: OrganizationSize;
}

/** Decides mixed questions about all principals of an organization, in a process of its own. */
export async function decideMixed({ url, setting, questions, size }: Asked): Promise<Taken> {
  const decisions = fileURLToPath(new URL('decisions.ts', import.meta.url));
  const values = [url, String(setting), String(questions), JSON.stringify(size)];
  const flags = ['--expose-gc', '--import', 'tsx'];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, decisions, ...values]);
  return JSON.parse(stdout) as Taken;
}
