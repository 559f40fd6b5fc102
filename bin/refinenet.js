#!/usr/bin/env node
import { refuseOtherDecoders } from '../dist/command/image-decoders.js';
import { main } from '../dist/command/main.js';

refuseOtherDecoders();

process.exitCode = await main(process.argv.slice(2));
