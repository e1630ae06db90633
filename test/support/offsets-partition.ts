/** Which partition of `__consumer_offsets` keeps a group's commits: Java's hash of the id (Kafka: Utils.abs). */
export function offsetsPartition(group: string, partitions: number): number {
  let hash = 0;
  for (let i = 0; i < group.length; i++) hash = (Math.imul(hash, 31) + group.charCodeAt(i)) | 0;
  return (hash & 0x7fffffff) % partitions;
}
