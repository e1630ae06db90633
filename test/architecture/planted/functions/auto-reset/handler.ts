// plants cdk-only-in-infra
import type { Construct } from 'constructs';

export type Handler = Construct;
