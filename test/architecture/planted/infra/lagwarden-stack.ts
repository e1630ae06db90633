// plants infra-imports-contracts-cost-metrics-env
import { handler } from '../functions/write-offsets/handler.ts';

export const stack = handler;
