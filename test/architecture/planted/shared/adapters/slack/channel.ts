// plants adapters-import-domain-ports-contracts
import { table } from '../../views/table.ts';

export const channel = table;
