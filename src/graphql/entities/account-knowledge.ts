import type { KnowledgeLayer as Layer } from '../../directory/document.ts';
import { builder } from '../builder.ts';
import { Account } from './account.ts';
import { AccountKnowledge, type Knowledge, LAYERS } from './knowledge.ts';

/** A row of the directory. */
interface Row {
  readonly layer: string;
  readonly service: string;
  readonly state: string;
  readonly at: Date | null;
  readonly missing: readonly string[];
}

/** Every layer, in its order; a layer without rows is one of which nothing is known. */
function everyLayer(rows: readonly Row[]): readonly Knowledge[] {
  return Object.keys(LAYERS).flatMap((name): readonly Knowledge[] => {
    // The keys of the enum's own values.
    const layer = name as Layer;
    const known = rows.filter((row) => row.layer === layer);
    if (known.length === 0) return [{ layer, service: null, state: 'NONE', at: null, missing: [] }];
    return known.map(({ service, state, at, missing }) => ({
      layer,
      service: service === '' ? null : service,
      state: state === 'COMPLETE' ? 'COMPLETE' : 'PARTIAL',
      at,
      missing,
    }));
  });
}

builder.prismaObjectFields(Account, (t) => ({
  knowledge: t.field({
    type: [AccountKnowledge],
    nullable: true,
    description:
      'What the directory knows of the account’s policies, layer by layer; resource-based policies also service by service. ' +
      'Needs account:GetAccountInformation',
    select: {
      knowledge: {
        select: { layer: true, service: true, state: true, at: true, missing: true },
        orderBy: { service: 'asc' },
      },
    },
    resolve: ({ knowledge }) => [...everyLayer(knowledge)],
  }),
}));
