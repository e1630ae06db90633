// plants domain-imports-nothing
export const later = () => import('../views/table.ts');
