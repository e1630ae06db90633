import manifest from '../package.json' with { type: 'json' };

/** The version that package.json states; the build inlines it. */
export const version: string = manifest.version;
