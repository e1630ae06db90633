import { defineConfig } from 'vitest/config';

/** Folders whose tests start real brokers or the scripted demo: heavy, so never two files at once. */
const broker = ['test/broker/**/*.test.ts', 'test/local/**/*.test.ts'];

export default defineConfig({
  test: {
    // One more worker than this gains nothing on two cores and makes timings unsteady.
    maxWorkers: 2,
    // A broker stops in half a second, a loaded machine may need far longer.
    teardownTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: [...broker, 'test/architecture/planted/**'],
          testTimeout: 30_000,
          hookTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'broker',
          include: broker,
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      reportsDirectory: 'coverage',
      include: ['shared/**/*.ts', 'cli/**/*.ts', 'local/**/*.ts', 'functions/**/*.ts', 'infra/**/*.ts'],
      exclude: ['**/*.d.ts'],
      reporter: ['text-summary', 'html'],
      // Demanded where the rules live, and nowhere else: elsewhere the number would be bought with hollow tests.
      thresholds: { 'shared/domain/**': { lines: 100, branches: 100, functions: 100 } },
    },
  },
});
