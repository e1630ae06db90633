import { Command } from 'commander';
import { table } from '../shared/views/table.ts';

export const command = [Command, table];
