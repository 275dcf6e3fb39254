import { detectionPeer } from './detection.ts';
import { kerasPeer, torchPeer } from './steps.ts';
import { PeerUnavailableError } from './python.ts';

/** Someone else's way to do the same. */
export interface Peer {
  readonly name: string;
  /** Names of the figures that it can be compared with. */
  readonly figures: readonly string[];
  /** @throws PeerUnavailableError where it can't be had here */
  measure(names: readonly string[], progress: (text: string) => void): Promise<ReadonlyMap<string, number>>;
}

const usual: readonly Peer[] = [kerasPeer, detectionPeer];
const peers: Readonly<Record<string, Peer>> = {
  keras: kerasPeer,
  torch: torchPeer,
  pycocotools: detectionPeer,
};

export const peerNames = Object.keys(peers);

/**
 * The best figure of any peer, by name. A peer that can't be had is left out, with a word why.
 * @param chosen of `peerNames`; none: those that are small enough to be installed unasked
 */
export async function measurePeers(
  chosen: readonly string[],
  names: readonly string[],
  progress: (text: string) => void,
): Promise<Map<string, number>> {
  const best = new Map<string, number>();
  for (const peer of chosen.length === 0 ? usual : chosen.map((name) => peers[name]!)) {
    const wanted = names.filter((name) => peer.figures.includes(name));
    if (wanted.length === 0) continue;
    progress(`${peer.name}: ${wanted.join(', ')}`);
    try {
      for (const [name, value] of await peer.measure(wanted, progress)) {
        progress(`${peer.name}: ${name} ${value.toFixed(1)} ms`);
        best.set(name, Math.min(value, best.get(name) ?? Infinity));
      }
    } catch (error) {
      if (!(error instanceof PeerUnavailableError)) throw error;
      progress(`${peer.name} is left out: ${error.message}`);
    }
  }
  return best;
}
