// plants middy-and-powertools-only-in-functions
import { Logger } from '@aws-lambda-powertools/logger';

export const logger = Logger;
