// plants domain-imports-nothing
export * from '../views/table.ts';
