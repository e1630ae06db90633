import { App } from 'aws-cdk-lib';
import { env } from '../functions/notify/env.ts';
import { config } from '../shared/contracts/config.ts';
import { monthlyUsd } from '../shared/domain/cost.ts';
import { catalogue } from '../shared/domain/metrics.ts';

export const app = [App, env, config, monthlyUsd, catalogue];
