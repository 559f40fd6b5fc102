/** WebGPU in software: Debian's chromium brings a Vulkan driver and the library that loads it. */
import { existsSync } from 'node:fs';

const FOLDER = '/usr/lib/chromium';
const DRIVER = `${FOLDER}/vk_swiftshader_icd.json`;

/** What a process needs in its environment so that its WebGPU provider finds the driver. */
export const SOFTWARE_WEBGPU = {
  VK_ICD_FILENAMES: DRIVER,
  LD_LIBRARY_PATH: [FOLDER, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
} as const;

/** Why there is none, to be shown; empty where there is one. */
export const missingSoftwareWebgpu = existsSync(DRIVER)
  ? ''
  : `: no software WebGPU, ${DRIVER} is missing (Debian: apt-get install chromium)`;
