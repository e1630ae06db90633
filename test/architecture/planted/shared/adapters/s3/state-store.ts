import { readFile } from 'node:fs/promises';
import { S3Client } from '@aws-sdk/client-s3';
import { config } from '../../contracts/config.ts';

export const store = [S3Client, readFile, config];
