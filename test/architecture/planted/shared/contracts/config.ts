import * as yaml from 'yaml';
import * as z from 'zod';
import type { Offset } from '../domain/offset.ts';

export const config = [yaml, z, 1n as Offset];
