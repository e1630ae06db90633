// plants state-file-packs-itself
import { zstdCompressSync } from 'node:zlib';
import { Packr } from 'msgpackr';
import { parse } from 'yaml';
import * as z from 'zod';

export const state = [zstdCompressSync, Packr, parse, z];
