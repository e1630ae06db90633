/** Where a broker listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** The address in `host:port`, an IPv6 host in brackets; whether it is one was checked before. */
export function toNodeAddress(text: string): NodeAddress {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

export function sameAddress(a: NodeAddress, b: NodeAddress): boolean {
  return a.host === b.host && a.port === b.port;
}
