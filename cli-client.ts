#!/usr/bin/env node
import { runClient } from './lib/client/run-client.js';

await runClient('cli-client', 'A Hearsay client for the terminal, over TCP.', 'tcp');
