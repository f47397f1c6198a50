import type { AnyVariables, TypedDocumentNode } from '@urql/core';
import { useEffect, useState } from 'preact/hooks';
import { type Answered, ask, type Failure } from './ask.ts';

/** An answer that may not be there yet. */
export interface Loading<Data> {
  readonly data: Data | null;
  readonly failure: Failure | null;
  readonly loading: boolean;
  /** Asks once more. */
  readonly again: () => void;
}

/**
 * The answer of a question, asked when the page is shown and when a variable changes. An answer that comes after a newer
 * question is thrown away. An answer that is asked for again stays until the next one is there. `variables` null: there is
 * nothing to ask yet.
 */
export function useAnswer<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables | null,
): Loading<Data> {
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<(Answered<Data> & { readonly key: string; readonly round: number }) | null>(
    null,
  );
  const key = variables === null ? null : JSON.stringify(variables);
  useEffect(() => {
    if (variables === null || key === null) return undefined;
    let current = true;
    const load = async (): Promise<void> => {
      const answered = await ask(document, variables);
      if (current) setAnswer({ ...answered, key, round });
    };
    void load();
    return () => {
      current = false;
    };
    // The key stands for the variables.
  }, [document, key, round]);
  const isThere = answer !== null && answer.key === key && (answer.round === round || answer.data !== null);
  return {
    data: isThere ? answer.data : null,
    failure: isThere ? answer.failure : null,
    loading: key !== null && !isThere,
    again: () => setRound((before) => before + 1),
  };
}
