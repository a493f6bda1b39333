import { networkInterfaces } from 'node:os';

/**
 * The network interfaces of this machine, as `os.networkInterfaces` returns them. Finding them takes a file descriptor;
 * where none is left there are no interfaces.
 */
export function ownInterfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}
