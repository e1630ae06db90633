#!/usr/bin/env node
import { version } from './version.ts';

process.stdout.write(`lagwarden ${version}\n`);
