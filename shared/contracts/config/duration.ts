import { type Expectation, text } from './expectation.ts';

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const written = /^(0|[1-9]\d{0,5})([smhd])$/;

const expectation: Expectation = {
  what: 'a duration',
  allowed: 'a whole number above 0 and one unit, s, m, h or d (90s, 5m, 2h, 3d)',
  example: '5m',
  advise: (value) =>
    typeof value === 'number' ? `it has no unit: write ${value}s, ${value}m, …` : undefined,
};

/** Milliseconds of a duration as `lagwarden.yaml` writes it (`90s`, `5m`, `2h`, `3d`); `null` for anything else. */
export function durationMs(value: unknown): number | null {
  const parts = typeof value === 'string' ? written.exec(value) : null;
  if (parts === null) return null;
  return Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs];
}

/** A duration above 0, in the file `5m`, in the parsed configuration milliseconds. */
export function duration() {
  return text(/^[1-9]\d{0,5}[smhd]$/, expectation).transform((value) => durationMs(value) ?? 0);
}

/** A duration that may be `0s`. */
export function durationOrZero() {
  const allowed = 'a whole number and one unit, s, m, h or d (0s, 90s, 5m)';
  return text(written, { ...expectation, allowed }).transform((value) => durationMs(value) ?? 0);
}
