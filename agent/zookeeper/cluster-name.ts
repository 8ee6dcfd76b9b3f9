/** What the originals call an ensemble in metrics: its first host short of domain and number. */
export function clusterName(hosts: readonly string[]): string {
  const [first = ''] = hosts.toSorted();
  const [token = ''] = first.split('.');
  return token.replace(/\d+$/, '') || first;
}
