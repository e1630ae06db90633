import { fc } from 'fast-check';
import { app } from '../../infra/app.ts';
import { demo } from '../../local/demo.ts';

export const scenario = [fc, app, demo];
