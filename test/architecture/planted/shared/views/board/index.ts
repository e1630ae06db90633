// plants no-barrels
export * from '../table.ts';
