// plants production-imports-no-test
import { scenario } from '../test/support/scenario.ts';

export const terminal = scenario;
