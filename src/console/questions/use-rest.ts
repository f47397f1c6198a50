import { useEffect, useState } from 'preact/hooks';

/** A page of a list. */
export interface PageOf<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** All entries of a list whose first page is there, page after page. `next` answers a sentence where there is no further page. */
export function useRest<T>(
  first: PageOf<T> | null,
  next: (after: string) => Promise<PageOf<T> | string>,
): { readonly nodes: readonly T[]; readonly problem: string | null } {
  const [rest, setRest] = useState<{
    readonly of: PageOf<T> | null;
    readonly nodes: readonly T[];
    readonly problem: string | null;
  }>({ of: null, nodes: [], problem: null });
  useEffect(() => {
    let current = true;
    const load = async (): Promise<void> => {
      let nodes: readonly T[] = first?.nodes ?? [];
      let last = first?.pageInfo;
      while (last?.hasNextPage === true && last.endCursor !== null) {
        const page = await next(last.endCursor);
        if (!current) return;
        if (typeof page === 'string') {
          setRest({ of: first, nodes, problem: page });
          return;
        }
        nodes = [...nodes, ...page.nodes];
        last = page.pageInfo;
        setRest({ of: first, nodes, problem: null });
      }
    };
    void load();
    return () => {
      current = false;
    };
  }, [first]);
  return rest.of === first && first !== null ? rest : { nodes: first?.nodes ?? [], problem: null };
}
