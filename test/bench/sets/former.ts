/** What the same questions cost before there was an index, on the same machine: milliseconds of CPU, warm, and in brackets cold. */
const FORMER: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1000: {
    'one decision': '3.8 (8.6), HTTP and all',
    whoCan: '30-90 (540)',
    'summary of an administrator': '240',
    'permissions, the first 1,000': '210',
    'assumableRoles, depth 1': '80',
    'assumableRoles, depth 2': '690',
    'assumableRoles, depth 3': '570',
  },
  10000: {
    'one decision': '3.2 (8.8), HTTP and all',
    whoCan: '190-340 (3,620)',
    'summary of an administrator': '420',
    'permissions, the first 1,000': '330',
    'assumableRoles, depth 1': '340',
    'assumableRoles, depth 2': '1,580',
    'assumableRoles, depth 3': 'too many pairs',
  },
  100000: {
    'one decision': '2.3 (5.9), HTTP and all',
    whoCan: '20,000-31,000',
    'summary of an administrator': '12,090',
    'assumableRoles, depth 1': '14,270',
  },
};

/** Empty: it was not measured. Pages of `whoCan` were searches of their own, whatever the action. */
export function formerly(principals: number, question: string): string {
  const isWhoCan = question.startsWith('whoCan') && !question.includes('all actions');
  return FORMER[principals]?.[isWhoCan ? 'whoCan' : question] ?? '';
}
