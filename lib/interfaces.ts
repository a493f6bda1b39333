/** The network interfaces of this machine. To look at them takes a file descriptor. */
import { networkInterfaces } from 'node:os';

/** @returns as `os.networkInterfaces`; none where the system cannot tell */
export function ownInterfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces();
  } catch {
    return {};
  }
}
