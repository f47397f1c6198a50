/** A request as it was sent, as far as signatures go. */
export interface SignedRequest {
  readonly method: string;
  /** As sent: neither decoded nor normalized. */
  readonly path: string;
  /** As sent, without the question mark. */
  readonly query: string;
  /** Values in the order in which they were sent, by name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: Uint8Array;
}

/** The first value of a header; null: it was not sent. */
export function headerOf({ headers }: Pick<SignedRequest, 'headers'>, name: string): string | null {
  return headers.get(name)?.[0] ?? null;
}
