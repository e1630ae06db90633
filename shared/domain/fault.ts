/**
 * Every way in which reading a cluster can fail as a whole, and whether trying again may help.
 * A closed list: adapters translate what their SDK throws into one of these, once, and nobody else looks at SDK errors.
 */
const retriableByCode = {
  unreachable: true,
  'connection-closed': true,
  'timed-out': true,
  'deadline-passed': false,
  'authentication-failed': false,
  'tls-failed': false,
  unauthorised: false,
  'unsupported-version': false,
  garbled: false,
  'kafka-error': true,
} as const;

export type FaultCode = keyof typeof retriableByCode;

export interface FaultOptions extends ErrorOptions {
  /** What to do about it, where that is known. */
  readonly remedy?: string;
}

/** A failure that is not an expected outcome. Thrown once, at the adapter that met it. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  /** What happened, without what to do about it: the message is both. */
  readonly finding: string;
  readonly remedy: string | null;

  constructor(code: FaultCode, finding: string, options: FaultOptions = {}) {
    super(options.remedy === undefined ? finding : `${finding}; ${options.remedy}`, options);
    this.code = code;
    this.finding = finding;
    this.remedy = options.remedy ?? null;
  }

  /** Whether the same attempt may succeed later without anybody changing anything. */
  get retriable(): boolean {
    return retriableByCode[this.code];
  }
}
