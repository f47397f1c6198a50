import type { Usage } from '../../guard/usage.ts';

/** What a worker tells the primary process. */
export type FromWorker =
  /** It answers. `announcement`: the text for people, who are shown that of the first worker. */
  | { readonly rolegate: 'ready'; readonly announcement: string }
  /** It could not start. */
  | { readonly rolegate: 'failed'; readonly sentence: string }
  | { readonly rolegate: 'usage'; readonly usage: Usage }
  /** It wants to know what the others have measured. */
  | { readonly rolegate: 'collect'; readonly id: number }
  /** What it has measured, as it was asked. */
  | { readonly rolegate: 'measured'; readonly question: number; readonly measured: unknown };

/** What the primary process tells a worker. */
export type FromPrimary =
  /** What another worker has told. */
  | { readonly rolegate: 'usage'; readonly from: number; readonly usage: Usage }
  /** Another worker has ended. */
  | { readonly rolegate: 'gone'; readonly from: number }
  /** Another worker wants to know what it has measured. */
  | { readonly rolegate: 'measure'; readonly question: number }
  /** What the others have measured. */
  | { readonly rolegate: 'collected'; readonly id: number; readonly measured: readonly unknown[] }
  /** Whether all workers have started. */
  | { readonly rolegate: 'workers'; readonly ready: number; readonly of: number };

/** Messages of cluster itself have another form. */
export function isOurs(message: unknown): message is { readonly rolegate: string } {
  return typeof message === 'object' && message !== null && 'rolegate' in message;
}
