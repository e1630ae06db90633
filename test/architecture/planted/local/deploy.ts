// plants nothing-imports-infra
import { app } from '../infra/app.ts';

export const deploy = app;
