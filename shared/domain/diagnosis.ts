/** What is checked on the way to a cluster, in the order in which one step needs the one before it. */
export type CheckName = 'dns' | 'port' | 'tls' | 'login' | 'versions' | 'brokers' | 'rights';

/** One check: how it went, what was found, and, where it went wrong, what to do. */
export type Check = {
  readonly check: CheckName;
  /** The address or broker that it is about. */
  readonly subject: string;
  /** One sentence: the fact found, or what failed. */
  readonly finding: string;
} & (
  | { readonly outcome: 'ok' | 'skipped' }
  /** `limited`: it works, but some of the cluster stays unseen. */
  | { readonly outcome: 'failed' | 'limited'; readonly remedy: string }
);
